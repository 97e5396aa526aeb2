package io.nsfl.taskmanager.task;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.taskmanager.ids.TaskKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.lmdbjava.CursorIterable;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.LmdbException;
import org.lmdbjava.Txn;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What this client must not forget: its tasks, the credentials of its executors, and the state of its runs. LMDB, synchronous: what a method wrote is on
 * disk when it returns. The map grows when it is full. Calls from any thread, one at a time: the map may only grow while nobody reads.
 */
public final class ClientStore implements AutoCloseable {
    private static final long FIRST_MAP_SIZE = 16L << 20;
    private static final int MOST_TABLES = 8;
    private static final JsonMapper JSON = new JsonMapper();

    private final Env<ByteBuffer> env;
    private final Dbi<ByteBuffer> tasks;
    private final Dbi<ByteBuffer> executors;
    private final Dbi<ByteBuffer> states;
    private final Dbi<ByteBuffer> privacy;
    private volatile Consumer<TaskRecord> behind = task -> {};
    private long mapSize;
    private boolean closed;

    private ClientStore(Env<ByteBuffer> env, long mapSize) {
        this.env = env;
        this.mapSize = mapSize;
        this.tasks = env.openDbi("tasks", DbiFlags.MDB_CREATE);
        this.executors = env.openDbi("executors", DbiFlags.MDB_CREATE);
        this.states = env.openDbi("states", DbiFlags.MDB_CREATE);
        this.privacy = env.openDbi("privacy", DbiFlags.MDB_CREATE);
    }

    /**
     * Opens the store, or makes it (directory mode 700).
     *
     * @param directory on a local file system, see {@link StorePlace}
     * @throws FaultException CONFIGURATION_INVALID when the directory cannot be used
     */
    public static ClientStore open(Path directory) {
        return open(directory, FIRST_MAP_SIZE);
    }

    static ClientStore open(Path directory, long firstMapSize) {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            Path data = directory.resolve("data.mdb");
            long present = Files.exists(data) ? Files.size(data) * 2 : 0;
            long size = Math.max(firstMapSize, present);
            Env<ByteBuffer> env = Env.create()
                    .setMapSize(size)
                    .setMaxDbs(MOST_TABLES)
                    .setMaxReaders(64)
                    .open(directory.toFile(), 0_600);
            return new ClientStore(env, size);
        } catch (IOException | LmdbException e) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "lmdb_path " + directory + " cannot be used (" + e.getMessage()
                            + "); give a directory this user can write.",
                    e);
        }
    }

    /** Writes a task, new or changed. */
    public void put(TaskRecord task) {
        byte[] value = JSON.writeValueAsBytes(task.stored());
        write(txn -> tasks.put(txn, bytes(task.key().toString()), direct(value)));
        behind.accept(task);
    }

    /** Who else is told of every task, those that are here first: after it is written, and without being waited for. */
    public void writeBehind(Consumer<TaskRecord> also) {
        behind = also;
        tasks().forEach(also);
    }

    /** Every task, over or not. */
    public synchronized List<TaskRecord> tasks() {
        requireOpen();
        List<TaskRecord> found = new ArrayList<>();
        try (Txn<ByteBuffer> txn = env.txnRead();
                CursorIterable<ByteBuffer> entries = tasks.iterate(txn)) {
            for (CursorIterable.KeyVal<ByteBuffer> entry : entries) {
                found.add(TaskRecord.of(JSON.readValue(array(entry.val()), StoredTask.class)));
            }
        } catch (JacksonException | IOException e) {
            throw new FaultException(
                    Fault.STORAGE_UNSUITABLE,
                    "The task store holds an entry that this version cannot read: " + e.getMessage(),
                    e);
        }
        return found;
    }

    public void forget(TaskKey key) {
        write(txn -> tasks.delete(txn, bytes(key.toString())));
    }

    /** Remembers an executor's credential under its workload's name. */
    public void putCredential(String executor, String credential) {
        write(txn -> executors.put(txn, bytes(executor), direct(credential.getBytes(StandardCharsets.US_ASCII))));
    }

    public synchronized Optional<String> credential(String executor) {
        requireOpen();
        try (Txn<ByteBuffer> txn = env.txnRead()) {
            ByteBuffer value = executors.get(txn, bytes(executor));
            return Optional.ofNullable(value).map(found -> new String(array(found), StandardCharsets.US_ASCII));
        }
    }

    /** Every executor's credential, by the executor's name. */
    public synchronized Map<String, String> credentials() {
        requireOpen();
        Map<String, String> found = new HashMap<>();
        try (Txn<ByteBuffer> txn = env.txnRead();
                CursorIterable<ByteBuffer> entries = executors.iterate(txn)) {
            entries.forEach(entry -> found.put(
                    new String(array(entry.key()), StandardCharsets.UTF_8),
                    new String(array(entry.val()), StandardCharsets.US_ASCII)));
        }
        return found;
    }

    public void forgetExecutor(String executor) {
        write(txn -> executors.delete(txn, bytes(executor)));
    }

    /** Writes what is known about a run's state. @param run at most {@value TaskKey#MAX_LENGTH} bytes */
    public void putRunState(String run, byte[] value) {
        write(txn -> states.put(txn, bytes(run), direct(value)));
    }

    /** Every run's state, by the run's key. */
    public synchronized Map<String, byte[]> runStates() {
        requireOpen();
        Map<String, byte[]> found = new HashMap<>();
        try (Txn<ByteBuffer> txn = env.txnRead();
                CursorIterable<ByteBuffer> entries = states.iterate(txn)) {
            entries.forEach(
                    entry -> found.put(new String(array(entry.key()), StandardCharsets.UTF_8), array(entry.val())));
        }
        return found;
    }

    public void forgetRunState(String run) {
        write(txn -> states.delete(txn, bytes(run)));
    }

    /** Changes the account of privacy in one step. @param put new or changed entries @param gone keys of entries that go */
    public void changePrivacy(Map<String, byte[]> put, List<String> gone) {
        write(txn -> {
            put.forEach((key, value) -> privacy.put(txn, bytes(key), direct(value)));
            gone.forEach(key -> privacy.delete(txn, bytes(key)));
        });
    }

    /** The whole account of privacy. */
    public synchronized Map<String, byte[]> privacyEntries() {
        requireOpen();
        Map<String, byte[]> found = new HashMap<>();
        try (Txn<ByteBuffer> txn = env.txnRead();
                CursorIterable<ByteBuffer> entries = privacy.iterate(txn)) {
            entries.forEach(
                    entry -> found.put(new String(array(entry.key()), StandardCharsets.UTF_8), array(entry.val())));
        }
        return found;
    }

    /** A closed environment's memory is gone: touching it would end the process. */
    private void requireOpen() {
        if (closed) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE, "The task store is closed: this client is being stopped.");
        }
    }

    private synchronized void write(Consumer<Txn<ByteBuffer>> change) {
        requireOpen();
        while (true) {
            try (Txn<ByteBuffer> txn = env.txnWrite()) {
                change.accept(txn);
                txn.commit();
                return;
            } catch (Env.MapFullException full) {
                mapSize *= 2;
            }
            env.setMapSize(mapSize);
        }
    }

    private static ByteBuffer bytes(String key) {
        return direct(key.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static byte[] array(ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        return bytes;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            env.close();
        }
    }
}
