"""Charts: tables in, matplotlib figures out; one module a trend, one ``style`` for all."""
