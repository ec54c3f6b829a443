// From disk a browser lets no page read another, so results come without the lines around the word.
DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = location.protocol !== "file:";
