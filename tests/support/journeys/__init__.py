"""What drives and watches the journeys: a real demo, two kinds of hands, axe, and the states of every page."""
