"""Detection: which watched entities an article names, which attacks it tells of, and who was struck."""

from monitor.stages.detect.detector import Detector, build_detector

__all__ = ["Detector", "build_detector"]
