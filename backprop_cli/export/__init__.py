"""A program and its gradient as code that a person would write: forward and backward, a line a node, and a test."""
