package io.nsfl.protocol.job;

import java.util.OptionalLong;
import java.util.Set;

/** Reads {@code hyper_parameters}: everything above 0, but {@code collect_window} and {@code seed}, which may be 0. */
final class HyperParametersReader {
    private static final Set<String> KNOWN = Set.of(
            "max_round_num",
            "client_num",
            "threshold_client_num",
            "evaluate_interval",
            "save_interval",
            "round_timeout",
            "learning_rate",
            "collect_window",
            "seed");

    private HyperParametersReader() {}

    /** @param leastInterval of evaluate_interval and save_interval */
    static HyperParameters read(JsonFields job, int leastInterval) {
        HyperParameters absent = HyperParameters.defaults();
        JsonFields hyper = job.fields("hyper_parameters");
        hyper.warnOfMisspelt(KNOWN);
        int clientNum = hyper.count("client_num", absent.clientNum(), 1);
        int threshold = hyper.count("threshold_client_num", absent.thresholdClientNum(), 1);
        if (threshold > clientNum) {
            hyper.violation("threshold_client_num", "must be at most client_num, which is " + clientNum);
        }
        return new HyperParameters(
                hyper.count("max_round_num", absent.maxRoundNum(), 1),
                clientNum,
                threshold,
                hyper.count("evaluate_interval", absent.evaluateInterval(), leastInterval),
                hyper.count("save_interval", absent.saveInterval(), leastInterval),
                hyper.count("round_timeout", absent.roundTimeoutSeconds(), 1),
                hyper.decimal("learning_rate", absent.learningRate(), false),
                hyper.decimal("collect_window", absent.collectWindowSeconds(), true),
                hyper.has("seed")
                        ? OptionalLong.of(hyper.integer("seed", 0, 0, Long.MAX_VALUE))
                        : OptionalLong.empty());
    }
}
