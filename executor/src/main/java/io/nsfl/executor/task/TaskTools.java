package io.nsfl.executor.task;

import io.nsfl.executor.masking.Masking;
import io.nsfl.sandbox.ScriptStarter;
import io.nsfl.servicekit.time.Timers;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What every task of this executor works with.
 *
 * @param own which worker this executor is, where each has an executor of its own
 * @param preload imports modules ahead of a script; failures are the script's to report
 * @param oomKills how many processes the kernel has killed for want of memory so far
 * @param masking for tasks whose results are masked
 */
public record TaskTools(
        ScriptEnvironment environment,
        Optional<Worker> own,
        ScriptStarter starter,
        Consumer<List<String>> preload,
        Timers timers,
        LongSupplier oomKills,
        Optional<Masking> masking) {
    /** Without secure aggregation. */
    public TaskTools(
            ScriptEnvironment environment,
            Optional<Worker> own,
            ScriptStarter starter,
            Consumer<List<String>> preload,
            Timers timers,
            LongSupplier oomKills) {
        this(environment, own, starter, preload, timers, oomKills, Optional.empty());
    }
}
