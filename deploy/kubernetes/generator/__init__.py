"""Makes the files of a Kubernetes deployment from one configuration: read it, check all of it, render, write."""
