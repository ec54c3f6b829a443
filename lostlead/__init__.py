"""Lost Lead: the small library that the notebooks of the book share.

Rooms, each importing only from those before it: ``tables``, ``sources``, ``evidence``,
``verdicts``, ``claims``, ``charts``, ``figures``, ``pages``, ``build``.
"""

__version__ = "0.1.0"
