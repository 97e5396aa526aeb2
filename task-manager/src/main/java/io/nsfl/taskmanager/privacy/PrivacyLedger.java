package io.nsfl.taskmanager.privacy;

import io.nsfl.federation.privacy.PrivacyAccount;
import io.nsfl.federation.privacy.PrivacyLoss;
import io.nsfl.federation.privacy.SampledGaussian;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.PrivacyOrder;
import io.nsfl.protocol.v1.PrivacySpent;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.taskmanager.ids.TaskKey;
import io.nsfl.taskmanager.task.ClientStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import tools.jackson.databind.json.JsonMapper;

/**
 * This client's own account of what its data have cost, across jobs and whatever servers say. A task is charged before it trains and
 * settled when it is over: what never was made costs nothing. Datasets are known by path and by content, and what either of them has cost
 * counts: neither a copy nor a new version begins anew. A client with a budget refuses what would exceed it, and what promises nothing.
 */
public final class PrivacyLedger {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String TASK = "task/";
    private static final String DATA = "data/";
    /** Under which epsilon is told where the owner named none. */
    private static final double USUAL_DELTA = 1e-5;

    private final Optional<PrivacyBudget> budget;
    private final Map<String, String> datasets;
    private final ClientStore store;
    private final DatasetDigest digests = new DatasetDigest();

    /** A dataset as it was. */
    record Data(String path, String digest) {
        boolean same(Data other) {
            return path.equals(other.path) || digest.equals(other.digest);
        }
    }

    /** A task that may still release something. @param samplingProbability with which it does; null = for certain */
    record Reserved(List<Data> data, double noiseMultiplier, Double samplingProbability) {
        SampledGaussian release() {
            return new SampledGaussian(samplingProbability == null ? 1 : samplingProbability, noiseMultiplier);
        }
    }

    /** What one dataset has released. */
    record Spent(Data data, PrivacyAccount account) {}

    /** @param datasets paths by name */
    public PrivacyLedger(Optional<PrivacyBudget> budget, Map<String, String> datasets, ClientStore store) {
        this.budget = budget;
        this.datasets = Map.copyOf(datasets);
        this.store = store;
    }

    /**
     * Before a task trains. The same task again is charged once, and may not promise anything else then. On a thread that is interrupted
     * before the task is settled.
     *
     * @throws FaultException PRIVACY_BUDGET_EXCEEDED in words, STALE if the thread was interrupted; nothing is charged then
     */
    public void reserve(TaskKey task, TaskDescription description) {
        boolean evaluates = task.mode().equals("evaluate");
        if (evaluates) {
            refuseEvaluation(description);
            return;
        }
        if (!promises(description)) {
            budget.ifPresent(limit -> {
                throw refused("this client's owner allows an epsilon of " + limit.epsilon()
                        + " for its data, and the job promises none: it asks for no differential_privacy with"
                        + " a clip_norm");
            });
            return;
        }
        // Reading large data takes its time, in which others go on.
        charge(task, data(description), description.getPrivacy());
    }

    private synchronized void charge(TaskKey task, List<Data> data, PrivacyOrder order) {
        if (Thread.currentThread().isInterrupted()) {
            // It was settled while its data were read: nobody would settle this charge.
            throw new FaultException(Fault.STALE, "The task is not wanted any more.");
        }
        double noise = order.getNoiseMultiplier();
        Double tossed = tossed(order);
        Map<String, byte[]> entries = store.privacyEntries();
        Set<Data> charged = new LinkedHashSet<>(chargedBefore(task, noise, tossed, entries));
        // A dataset that was changed since the task was charged is charged too.
        List<Data> more = data.stream().filter(one -> !charged.contains(one)).toList();
        if (more.isEmpty() && entries.containsKey(TASK + task)) {
            return;
        }
        for (Data one : more) {
            SampledGaussian release = new Reserved(List.of(), noise, tossed).release();
            budget.ifPresent(limit -> refuseBeyond(limit, one, release, entries));
        }
        charged.addAll(more);
        Reserved reserved = new Reserved(List.copyOf(charged), noise, tossed);
        store.changePrivacy(Map.of(TASK + task, JSON.writeValueAsBytes(reserved)), List.of());
    }

    /** Whoever describes a task again has no word to take back: the charge was for what was promised then. */
    private static List<Data> chargedBefore(TaskKey task, double noise, Double sampling, Map<String, byte[]> entries) {
        byte[] stored = entries.get(TASK + task);
        if (stored == null) {
            return List.of();
        }
        Reserved before = JSON.readValue(stored, Reserved.class);
        if (before.noiseMultiplier() != noise) {
            throw refused("it was charged for a noise_multiplier of " + before.noiseMultiplier() + " and now promises "
                    + noise);
        }
        if (!Objects.equals(before.samplingProbability(), sampling)) {
            throw refused("it was charged for another probability of being in its round than it has now");
        }
        return before.data();
    }

    /** A task is over. @param made whether it had made an update, which may have left; harmless when repeated */
    public synchronized void settle(TaskKey task, boolean made) {
        Map<String, byte[]> entries = store.privacyEntries();
        byte[] stored = entries.get(TASK + task);
        if (stored == null) {
            return;
        }
        Reserved reserved = JSON.readValue(stored, Reserved.class);
        Map<String, byte[]> changes = new HashMap<>();
        if (made) {
            for (Data data : reserved.data()) {
                String key = DATA + data.digest() + "/"
                        + Integer.toHexString(data.path().hashCode());
                PrivacyAccount before = entries.containsKey(key)
                        ? JSON.readValue(entries.get(key), Spent.class).account()
                        : PrivacyAccount.EMPTY;
                PrivacyAccount after = before.plus(reserved.release(), 1);
                changes.put(key, JSON.writeValueAsBytes(new Spent(data, after)));
            }
        }
        store.changePrivacy(changes, List.of(TASK + task));
    }

    /** What a dataset has cost so far, tasks under way included. @param name as the client's datasets.json has it */
    public synchronized PrivacyLoss spent(String name, double delta) {
        return account(data(name), store.privacyEntries()).loss(delta);
    }

    /** For the server to show: the datasets that have cost something or are limited, by name. Reads no data. */
    public synchronized List<PrivacySpent> spent() {
        Map<String, byte[]> entries = store.privacyEntries();
        double delta = budget.map(PrivacyBudget::delta).orElse(USUAL_DELTA);
        List<PrivacySpent> spent = new ArrayList<>();
        new TreeMap<>(datasets).forEach((name, path) -> {
            PrivacyAccount account = account(data -> data.path().equals(path), entries);
            if (account.count() > 0 || budget.isPresent()) {
                spent.add(PrivacySpent.newBuilder()
                        .setDataset(name)
                        .setEpsilon(
                                account.count() == 0 ? 0 : account.loss(delta).epsilon())
                        .setDelta(delta)
                        .setTasks(account.count())
                        .setEpsilonBudget(budget.map(PrivacyBudget::epsilon).orElse(0.0))
                        .build());
            }
        });
        return spent;
    }

    private void refuseEvaluation(TaskDescription description) {
        boolean withheld = description.hasPrivacy() && !description.getPrivacy().getPublicEvaluation();
        if (!withheld && budget.filter(limit -> !limit.publicEvaluation()).isPresent()) {
            throw refused(
                    "this client's owner lets no metrics of evaluations leave: privacy_budget.public_evaluation is not"
                            + " set");
        }
    }

    private void refuseBeyond(PrivacyBudget limit, Data data, SampledGaussian release, Map<String, byte[]> entries) {
        PrivacyAccount before = account(data, entries);
        double next = before.plus(release, 1).loss(limit.delta()).epsilon();
        if (next > limit.epsilon()) {
            throw refused(
                    "the dataset %s has cost an epsilon of %.4g at delta %s in %d tasks, this one would make it %.4g, and its owner"
                                    .formatted(
                                            Path.of(data.path()).getFileName(),
                                            before.loss(limit.delta()).epsilon(),
                                            limit.delta(),
                                            before.count(),
                                            next)
                            + " allows " + limit.epsilon());
        }
    }

    private static PrivacyAccount account(Data data, Map<String, byte[]> entries) {
        return account(data::same, entries);
    }

    private static PrivacyAccount account(Predicate<Data> counts, Map<String, byte[]> entries) {
        PrivacyAccount sum = PrivacyAccount.EMPTY;
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
            if (entry.getKey().startsWith(DATA)) {
                Spent spent = JSON.readValue(entry.getValue(), Spent.class);
                sum = counts.test(spent.data()) ? sum.plus(spent.account()) : sum;
            } else {
                Reserved reserved = JSON.readValue(entry.getValue(), Reserved.class);
                boolean touches = reserved.data().stream().anyMatch(counts);
                sum = touches ? sum.plus(reserved.release(), 1) : sum;
            }
        }
        return sum;
    }

    /** Those that the job names; a job that names none can read them all. */
    private List<Data> data(TaskDescription description) {
        List<String> named = description.getDatasetsList().isEmpty()
                ? List.copyOf(datasets.keySet())
                : description.getDatasetsList();
        List<Data> data = new ArrayList<>();
        for (String name : named) {
            if (!datasets.containsKey(name)) {
                // Skipped, it would make a task that reads the others free.
                throw refused("it names the dataset " + name + ", which this client does not have");
            }
            data.add(data(name));
        }
        return data;
    }

    private Data data(String name) {
        Path path = Path.of(datasets.get(name));
        return new Data(path.toString(), digests.of(path));
    }

    private static boolean promises(TaskDescription description) {
        PrivacyOrder order = description.getPrivacy();
        return description.hasPrivacy()
                && positive(order.getClipNorm())
                && positive(order.getNoiseMultiplier())
                && !order.getSameNoise()
                && bounded(new Reserved(List.of(), order.getNoiseMultiplier(), tossed(order)));
    }

    /** Noise can be so little that no number bounds what it lets through. */
    private static boolean bounded(Reserved one) {
        return Double.isFinite(
                PrivacyAccount.EMPTY.plus(one.release(), 1).loss(USUAL_DELTA).epsilon());
    }

    /** A sample counts as one only because this client's own executor tosses the coin. @return null = there is none */
    private static Double tossed(PrivacyOrder order) {
        double sampling = order.getSamplingProbability();
        return sampling > 0 && sampling < 1 ? sampling : null;
    }

    /** And a number, and finite: anything may come from a server. */
    private static boolean positive(double value) {
        return value > 0 && Double.isFinite(value);
    }

    private static FaultException refused(String why) {
        return new FaultException(Fault.PRIVACY_BUDGET_EXCEEDED, "The client refuses the task: " + why + ".");
    }
}
