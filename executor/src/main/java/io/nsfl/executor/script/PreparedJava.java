package io.nsfl.executor.script;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.sandbox.Directories;
import io.nsfl.sandbox.Isolation;
import io.nsfl.sandbox.JavaProgram;
import io.nsfl.sandbox.JavaPrograms;
import io.nsfl.sandbox.Landlock;
import io.nsfl.sandbox.RunningScript;
import io.nsfl.sandbox.ScriptOrder;
import io.nsfl.sandbox.ScriptStarter;
import io.nsfl.sandbox.SessionProcess;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts Java scripts in a JVM that was started before and has ND4J loaded ({@code io.nsfl.sdk.prepared.PreparedJvm}); each serves one
 * script, and the next is started when one is taken. Its working directory is an empty one, into which links to the script's files are
 * put, because a process's directory cannot be chosen after its start. Nor can its rights under Landlock: the directory that it may write
 * to takes the place of the task's workspace. Of several workers that share a workspace the first one has the prepared JVM then.
 */
public final class PreparedJava implements ScriptStarter, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PreparedJava.class);
    private static final String MAIN = "io.nsfl.sdk.prepared.PreparedJvm";
    private static final List<String> FLAGS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

    private final String java;
    private final JavaPrograms programs;
    private final Map<String, String> environment;
    private final Path directories;
    private final NativeLibraries natives;
    private final Isolation isolation;
    private final boolean sharedWorkspaces;
    private final Set<Path> taken = new HashSet<>();
    private Jvm spare;

    /**
     * @param java command of the JVM
     * @param environment of the JVM before it knows its script
     * @param directories where working directories are made, on the file system of the workspaces
     * @param natives where JVMs in a sandbox find ND4J's native libraries
     * @param isolation of every JVM
     * @param sharedWorkspaces whether other executors have scripts in the same workspaces, which then stay where they are
     */
    public PreparedJava(
            String java,
            JavaPrograms programs,
            Map<String, String> environment,
            Path directories,
            Path natives,
            Isolation isolation,
            boolean sharedWorkspaces) {
        this.java = java;
        this.programs = programs;
        this.environment = Map.copyOf(environment);
        this.directories = directories;
        this.natives = new NativeLibraries(natives);
        this.isolation = isolation;
        this.sharedWorkspaces = sharedWorkspaces;
    }

    /** What a JVM has to itself. */
    private record Room(Path directory) {
        /** The working directory. */
        Path work() {
            return directory.resolve("work");
        }

        Path temporary() {
            return directory.resolve("tmp");
        }

        /** In the place of the workspace later. */
        Path granted() {
            return directory.resolve("workspace");
        }
    }

    private record Jvm(Process process, Room room) {}

    /** Starts the next JVM if none is ready, and one could be used. */
    public synchronized void prepare() throws IOException {
        if (!startsLate() && (spare == null || !spare.process.isAlive())) {
            Room room = room();
            Files.createDirectory(room.granted());
            spare = launch(room, room.granted());
        }
    }

    private Room room() throws IOException {
        Room room = new Room(Files.createTempDirectory(Files.createDirectories(directories), "jvm"));
        Files.createDirectory(room.work());
        Files.createDirectory(room.temporary());
        return room;
    }

    private Jvm launch(Room room, Path workspace) throws IOException {
        if (isolation.confines()) {
            natives.lay(command(), programs.sdkClassPath(), environment);
        }
        List<Path> own = List.of(room.work(), room.temporary(), workspace);
        ProcessBuilder builder = new ProcessBuilder(
                        SessionProcess.leading(isolation.limited(command("-Djava.io.tmpdir=" + room.temporary()), own)))
                .directory(room.work().toFile())
                .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().putIfAbsent("OMP_NUM_THREADS", "1");
        return new Jvm(builder.start(), room);
    }

    private List<String> command(String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(java));
        command.addAll(FLAGS);
        command.addAll(List.of(more));
        if (isolation.confines()) {
            command.add(natives.flag());
        }
        if (isolation.memoryLimit() > 0) {
            // Its heap is sized by this, so that it ends with OutOfMemoryError and not for want of a few more pages.
            command.add("-XX:MaxRAM=" + isolation.memoryLimit());
        }
        command.addAll(List.of("-cp", programs.sdkClassPath(), MAIN));
        return command;
    }

    @Override
    public RunningScript start(ScriptOrder order) {
        try {
            JavaProgram program = programs.of(order.directory(), order.entry());
            Jvm jvm = jvm(order.workspace());
            RunningScript running = SessionProcess.follow(jvm.process, order);
            running.end().whenComplete((end, failure) -> forget(jvm, order.workspace()));
            try {
                link(order.directory(), jvm.room.work());
                JavaInstruction.write(jvm.process.getOutputStream(), program, order);
            } catch (IOException e) {
                jvm.process.destroyForcibly();
                throw e;
            }
            return running;
        } catch (FaultException e) {
            throw e;
        } catch (IOException e) {
            return SessionProcess.notStarted("The JVM for the script does not start: " + e.getMessage());
        }
    }

    private synchronized Jvm jvm(Path workspace) throws IOException {
        boolean landlock = isolation.landlock().isPresent();
        if (startsLate() || landlock && taken.contains(workspace)) {
            Jvm late = launch(room(), workspace);
            return entered(late, () -> {});
        }
        prepare();
        Jvm ready = spare;
        spare = null;
        if (landlock) {
            entered(ready, () -> GrantedDirectory.takePlaceOf(workspace, ready.room.granted()));
            taken.add(workspace);
        }
        prepareNext();
        return ready;
    }

    /** Its rights are those of a directory that is in use, and known only with the script. */
    private boolean startsLate() {
        return sharedWorkspaces && isolation.landlock().isPresent();
    }

    private void prepareNext() {
        try {
            prepare();
        } catch (IOException e) {
            log.warn("No JVM is started ahead of the next script: {}", e.getMessage());
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    /** A JVM that is in, and what had to follow is done; otherwise nothing is left of it. */
    private static Jvm entered(Jvm jvm, Step then) throws IOException {
        try {
            Landlock.awaitEntry(jvm.process);
            then.run();
            return jvm;
        } catch (IOException | RuntimeException e) {
            jvm.process.destroyForcibly();
            delete(jvm.room);
            throw e;
        }
    }

    private static void link(Path from, Path to) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
            for (Path file : files) {
                Files.createSymbolicLink(to.resolve(file.getFileName()), file);
            }
        }
    }

    private void forget(Jvm jvm, Path workspace) {
        synchronized (this) {
            taken.remove(workspace);
        }
        delete(jvm.room);
    }

    private static void delete(Room room) {
        try {
            Directories.delete(room.directory());
        } catch (IOException e) {
            log.warn("Cannot delete {}: {}", room.directory(), e.toString());
        }
    }

    @Override
    public synchronized void close() {
        if (spare != null) {
            spare.process.destroyForcibly();
            delete(spare.room);
        }
    }
}
