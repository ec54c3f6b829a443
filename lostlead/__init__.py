"""Lost Lead: the small library that the notebooks of the book share.

Rooms, each importing only from those before it: ``reads``, ``tables``, ``sources``, ``evidence``, ``verdicts``,
``claims``, ``readings``, ``charts``, ``figures``, ``citations``, ``pages``, ``status``, ``releases``, ``changes``,
``exports``, ``crate``, ``scratch``, ``theme``, ``build``.
"""

__version__ = "0.2.0"
