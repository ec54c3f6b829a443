"""Lost Lead: the small library that the notebooks of the book share.

Rooms, each importing only from those before it: ``tables``, ``sources``, ``evidence``,
``verdicts``, ``claims``, ``charts``, ``figures``, ``citations``, ``pages``, ``exports``, ``build``.
"""

__version__ = "0.1.0"
