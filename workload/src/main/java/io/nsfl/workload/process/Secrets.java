package io.nsfl.workload.process;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** Hands a program its secrets on standard input: the only way that shows neither in its command line nor in its environment. */
final class Secrets {
    private static final Logger LOG = LoggerFactory.getLogger(Secrets.class);
    private static final JsonMapper JSON = new JsonMapper();

    private Secrets() {}

    /** Writes one JSON object and closes the stream; of no secrets nothing is written. */
    static void give(Map<String, String> secrets, Process process) {
        try (OutputStream input = process.getOutputStream()) {
            if (!secrets.isEmpty()) {
                input.write(JSON.writeValueAsBytes(secrets));
            }
        } catch (IOException e) {
            // The program ended before it read them; how it ended is told by its status.
            LOG.debug("Process {} did not take its secrets: {}", process.pid(), e.getMessage());
        }
    }
}
