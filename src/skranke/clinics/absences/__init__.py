"""When somebody who works here is away."""
