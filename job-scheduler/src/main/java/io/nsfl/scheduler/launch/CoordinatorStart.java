package io.nsfl.scheduler.launch;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a coordinator starts with.
 *
 * @param document its start configuration
 * @param port that it listens on
 * @param files that the configuration names
 */
record CoordinatorStart(ObjectNode document, int port, List<SeenFile> files) {}
