package io.nsfl.protocol.job;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a client runs a job's scripts: {@code <task_config_entry>/<task_entry>.json} or the {@code config_file} inside the scripts
 * directory.
 *
 * @param scriptPath directory of the scripts as given; empty = where the task config lies
 * @param train how to train; empty = this config offers no training
 * @param evaluate how to evaluate; empty = this config offers no evaluation
 * @param preload modules that the runtime's prepared parent imports before a script is started
 */
public record TaskConfig(
        Optional<String> scriptPath, Optional<Section> train, Optional<Section> evaluate, List<String> preload) {
    /**
     * One way to run.
     *
     * @param timeout bound of the process
     * @param command program, for example {@code python3} or {@code java}
     * @param entry script, relative to the script path
     * @param params arguments: key, then value (null, empty, 0 and false: the key only); in the order written
     */
    public record Section(Duration timeout, String command, String entry, ObjectNode params) {
        /** Where the config names none: 180 minutes. */
        public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(180);
    }
}
