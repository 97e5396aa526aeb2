package io.nsfl.taskmanager.queue;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.v1.Assignment;
import io.nsfl.protocol.v1.FaultDetail;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.taskmanager.ids.TaskKey;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Decides which assignments this client takes, and holds the resources of those it took. Whoever is refused learns why. Not for several
 * threads: the desk's mailbox owns it.
 */
public final class Admission {
    /** Names become directories and workloads. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

    private static final Pattern RUN = Pattern.compile("[A-Za-z0-9-]{1,64}");

    /** Of one task, each with an executor of its own in a cluster. A task may want no cores, so that these bound nothing. */
    private static final int MOST_WORKERS = 1000;

    private final ResourceLedger ledger;
    private final Rules rules;

    /**
     * What the client can do now.
     *
     * @param maxParallel tasks at once; negative = as many as the resources allow
     * @param runtimes that work here
     * @param datasets names of the data here
     * @param fullStorage why the disk takes no more; empty = it does
     */
    public record Rules(
            String clientId,
            int maxParallel,
            Supplier<Set<Runtime>> runtimes,
            Supplier<Set<String>> datasets,
            Supplier<Optional<String>> fullStorage) {}

    /** A no with its fault and one sentence. */
    public record Refusal(Fault fault, String message) {
        public FaultDetail detail() {
            return FaultDetail.newBuilder()
                    .setCode(fault.name())
                    .setMessage(message)
                    .build();
        }
    }

    public Admission(ResourceLedger ledger, Rules rules) {
        this.ledger = ledger;
        this.rules = rules;
    }

    /** Why this is not taken; empty = it is, and its resources are reserved. */
    public Optional<Refusal> refuses(TaskKey key, Assignment assignment) {
        if (!wellFormed(key, assignment)) {
            return refusal(Fault.REQUEST_INVALID, "The assignment does not name a task of this client.");
        }
        Optional<String> full = rules.fullStorage().get();
        if (full.isPresent()) {
            return refusal(Fault.STORAGE_FULL, full.get());
        }
        if (parallelismUsedUp()) {
            return refusal(Fault.TASK_REFUSED, busy());
        }
        Optional<Runtime> runtime = Runtime.of(assignment.getRuntime());
        if (runtime.isEmpty() || !rules.runtimes().get().contains(runtime.get())) {
            return refusal(
                    Fault.TASK_REFUSED, "The runtime " + assignment.getRuntime() + " does not work at this client.");
        }
        int workers = assignment.getResources().getWorkerNum();
        if (workers > MOST_WORKERS) {
            return refusal(
                    Fault.TASK_REFUSED,
                    "The task wants " + workers + " workers, and a client starts " + MOST_WORKERS + " at most.");
        }
        for (String dataset : assignment.getDatasetsList()) {
            if (!rules.datasets().get().contains(dataset)) {
                return refusal(Fault.TASK_REFUSED, "This client has no dataset named " + dataset + ".");
            }
        }
        return ledger.reserve(key, ledger.within(assignment.getResources()))
                .map(shortage -> new Refusal(Fault.TASK_REFUSED, "No enough resource for request: " + shortage + "."));
    }

    private boolean wellFormed(TaskKey key, Assignment assignment) {
        boolean kind = key.kind() == TaskKind.TASK_KIND_TRAIN || key.kind() == TaskKind.TASK_KIND_EVALUATE;
        return kind
                && NAME.matcher(key.namespace()).matches()
                && NAME.matcher(key.job()).matches()
                && RUN.matcher(key.run()).matches()
                && key.toString().length() <= TaskKey.MAX_LENGTH
                && assignment.getTask().getClientId().equals(rules.clientId());
    }

    private boolean parallelismUsedUp() {
        return rules.maxParallel() >= 0 && ledger.tasks() >= rules.maxParallel();
    }

    private String busy() {
        return "This client runs " + ledger.tasks() + " tasks and takes " + rules.maxParallel() + " at once.";
    }

    private static Optional<Refusal> refusal(Fault fault, String message) {
        return Optional.of(new Refusal(fault, message));
    }

    public Resources reserved(TaskKey key) {
        return ledger.reservedBy(key)
                .orElseThrow(
                        () -> new IllegalStateException("Cannot tell the resources of " + key + ": none reserved"));
    }

    public void restore(TaskKey key, Resources held) {
        ledger.restore(key, held);
    }

    public void release(TaskKey key) {
        ledger.release(key);
    }

    public Load load() {
        String refusal = rules.fullStorage().get().orElse(parallelismUsedUp() ? busy() : "");
        return new Load(ledger.free(), ledger.tasks(), refusal);
    }
}
