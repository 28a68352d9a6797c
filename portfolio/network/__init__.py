"""Operating system two: experiments. Hypothesis first, volunteers, a limit in time and money."""
