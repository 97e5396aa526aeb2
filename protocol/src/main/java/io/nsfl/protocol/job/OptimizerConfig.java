package io.nsfl.protocol.job;

import tools.jackson.databind.node.ObjectNode;

/** The job's {@code optimizer}: name (empty = none) and its parameters as given. */
public record OptimizerConfig(String name, ObjectNode params) {}
