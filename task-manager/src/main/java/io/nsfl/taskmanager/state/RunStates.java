package io.nsfl.taskmanager.state;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.WorkPoint;
import io.nsfl.taskmanager.quota.StorageQuota;
import io.nsfl.taskmanager.task.ClientStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * State of algorithms that stays at this client from round to round: control variates, local layers, the rest that a compression left
 * out. A few safetensors files for each run.
 *
 * <p>Two phases, because an update that was delivered may still not count. What a training task leaves is <em>pending</em>. The next
 * task of the run says in which round and attempt this client was last counted: if that is the pending one, it is kept from then on,
 * otherwise it is deleted and what was kept before stays. The store is written before files are moved and after it is known what they
 * are, so that a process that is killed at any moment finds one or the other, never a mixture.
 *
 * <p>Safe from any thread.
 */
public final class RunStates {
    /** Name of the state that is laid over the round's weights. */
    public static final String LOCAL_LAYERS = "local_layers";

    /** Below a task's workspace: what the run has kept, for the task to read; absent in the first round. */
    static final String GIVEN = "state_in";

    /** Below a task's workspace: what the task wants kept if its update counts. */
    static final String LEFT = "state_out";

    /** A run that was not heard of for so long is over. */
    static final Duration UNUSED = Duration.ofDays(30);

    private static final Logger LOG = LoggerFactory.getLogger(RunStates.class);
    private static final Pattern FILE_NAME = Pattern.compile("[a-z][a-z_]{0,31}\\.safetensors");
    private static final int MOST_FILES = 8;
    private static final JsonMapper JSON = new JsonMapper();

    private final Path directory;
    private final ClientStore store;
    private final long limit;
    private final InstantSource clock;

    /**
     * @param directory on the same file system as the workspaces
     * @param limit bytes that one task may leave
     */
    public RunStates(Path directory, ClientStore store, long limit, InstantSource clock) {
        this.directory = directory;
        this.store = store;
        this.limit = limit;
        this.clock = clock;
    }

    /**
     * A task of the run is described: what is pending is kept or deleted by what the coordinator says. Earlier runs of the job are over.
     *
     * @param lastIncluded where this client was last counted in this run
     */
    public synchronized void settle(TaskRef task, Optional<WorkPoint> lastIncluded) {
        for (RunState other : all()) {
            if (other.ofSameJob(task) && !other.of(task)) {
                forget(other);
            }
        }
        Optional<RunState> known = find(task);
        if (known.isEmpty()) {
            return;
        }
        RunState before = known.get();
        boolean decides = !before.pending().isEmpty() && before.decidedBefore(task);
        RunState after = (decides ? before.settled(lastIncluded) : before).usedAt(clock.millis());
        put(after);
        if (decides) {
            String gone = after.kept().equals(before.pending()) ? before.kept() : before.pending();
            LOG.info(
                    "State of {}/{} of round {}.{} is {}",
                    before.namespace(),
                    before.job(),
                    before.round(),
                    before.attempt(),
                    after.kept().equals(before.pending()) ? "kept: its update was counted" : "dropped");
            if (!gone.isEmpty()) {
                StorageQuota.delete(place(before).resolve(gone));
            }
        }
    }

    /** A file that the run has kept. @param name without its suffix */
    public synchronized Optional<Path> kept(TaskRef task, String name) {
        return keptDirectory(task)
                .map(kept -> kept.resolve(name + ".safetensors"))
                .filter(Files::isRegularFile);
    }

    /** Lays copies of what the run has kept into the workspace of a training task: a script that spoils them spoils only its own. */
    public synchronized void provide(TaskRef task, Path workspace) throws IOException {
        Optional<Path> kept = keptDirectory(task);
        if (kept.isEmpty()) {
            return;
        }
        Path target = Files.createDirectories(workspace.resolve(GIVEN));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(kept.get())) {
            for (Path file : files) {
                Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /**
     * Takes what a finished training task left as the pending state of its run. To be done before its update is delivered; repeating it
     * changes nothing.
     *
     * @throws FaultException STORAGE_FULL for more than a task may leave, SCRIPT_FAILED for files that are none of state
     */
    public synchronized void hold(TaskRef task, Path workspace) throws IOException {
        Path left = workspace.resolve(LEFT);
        if (!Files.isDirectory(left, LinkOption.NOFOLLOW_LINKS) || requireState(left) == 0) {
            return;
        }
        RunState before = find(task).orElseGet(() -> RunState.none(task));
        String name = task.getRound() + "-" + task.getAttempt();
        put(before.holding(name, task).usedAt(clock.millis()));
        Path target = place(before).resolve(name);
        StorageQuota.delete(target);
        Files.createDirectories(target.getParent());
        Files.move(left, target, StandardCopyOption.ATOMIC_MOVE);
        if (!before.pending().isEmpty() && !before.pending().equals(name)) {
            StorageQuota.delete(place(before).resolve(before.pending()));
        }
    }

    /** Deletes the state of runs that nobody has spoken of for long, and files that a crash left without an entry. */
    public synchronized void tidy() {
        long oldest = clock.instant().minus(UNUSED).toEpochMilli();
        Set<Path> wanted = new HashSet<>();
        for (RunState state : all()) {
            if (state.usedAtMs() < oldest) {
                forget(state);
            } else {
                wanted.add(place(state).resolve(state.kept()));
                wanted.add(place(state).resolve(state.pending()));
                wanted.add(place(state));
            }
        }
        for (Path run : entries(directory)) {
            if (!wanted.contains(run)) {
                StorageQuota.delete(run);
                continue;
            }
            entries(run).stream().filter(entry -> !wanted.contains(entry)).forEach(StorageQuota::delete);
        }
    }

    private int requireState(Path left) throws IOException {
        long bytes = 0;
        int count = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(left)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (!FILE_NAME.matcher(name).matches()
                        || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        || ++count > MOST_FILES) {
                    throw new FaultException(
                            Fault.SCRIPT_FAILED,
                            "The task left " + LEFT + "/" + name
                                    + ", which is no state of the run; scripts must not write there.");
                }
                bytes += Files.size(file);
            }
        }
        if (bytes > limit) {
            throw new FaultException(
                    Fault.STORAGE_FULL,
                    "The task wants " + bytes + " bytes kept for the next round; this client's storage_quota is "
                            + limit + ".");
        }
        return count;
    }

    private Optional<Path> keptDirectory(TaskRef task) {
        return find(task)
                .filter(state -> !state.kept().isEmpty())
                .map(state -> place(state).resolve(state.kept()));
    }

    private void forget(RunState state) {
        store.forgetRunState(key(state));
        StorageQuota.delete(place(state));
        LOG.info("State of run {} of {}/{} is deleted: the run is over", state.run(), state.namespace(), state.job());
    }

    private Optional<RunState> find(TaskRef task) {
        return all().stream().filter(state -> state.of(task)).findFirst();
    }

    private List<RunState> all() {
        List<RunState> found = new ArrayList<>();
        try {
            for (byte[] value : store.runStates().values()) {
                found.add(JSON.readValue(value, RunState.class));
            }
        } catch (JacksonException e) {
            throw new FaultException(
                    Fault.STORAGE_UNSUITABLE,
                    "The task store holds an entry that this version cannot read: " + e.getMessage(),
                    e);
        }
        return found;
    }

    private void put(RunState state) {
        store.putRunState(key(state), JSON.writeValueAsBytes(state));
    }

    /** Its directory's name too: what comes from a server names no path here. */
    private static String key(RunState state) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : List.of(state.namespace(), state.job(), state.run())) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256", e);
        }
    }

    private Path place(RunState state) {
        return directory.resolve(key(state));
    }

    private static List<Path> entries(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory)) {
            List<Path> entries = new ArrayList<>();
            found.forEach(entries::add);
            return entries;
        } catch (IOException e) {
            LOG.warn("{} cannot be listed: {}", directory, e.getMessage());
            return List.of();
        }
    }
}
