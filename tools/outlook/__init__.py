"""What comes next: a metric's history per bucket, its forecast, and how wrong such forecasts have been."""
