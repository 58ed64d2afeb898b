"""Documents as files: those of the simulation, typeset as PDF on demand, and those a site keeps in a folder."""
