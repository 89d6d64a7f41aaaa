"""Drives a deployed stack from outside, as organisations, parents, officers and the clock do."""
