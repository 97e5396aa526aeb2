package io.nsfl.executor.script;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.sandbox.Directories;
import io.nsfl.sandbox.Isolation;
import io.nsfl.sandbox.JavaProgram;
import io.nsfl.sandbox.JavaPrograms;
import io.nsfl.sandbox.RunningScript;
import io.nsfl.sandbox.ScriptOrder;
import io.nsfl.sandbox.ScriptStarter;
import io.nsfl.sandbox.SessionProcess;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts Java scripts in a JVM that was started before and has ND4J loaded ({@code io.nsfl.sdk.prepared.PreparedJvm}); each serves one
 * script, and the next is started when one is taken. Its working directory is an empty one, into which links to the script's files are
 * put, because a process's directory cannot be chosen after its start.
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
            "-XX:+ExitOnOutOfMemoryError",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

    private final String java;
    private final JavaPrograms programs;
    private final Map<String, String> environment;
    private final Path directories;
    private final Isolation isolation;
    private Spare spare;

    /**
     * @param java command of the JVM
     * @param environment of the JVM before it knows its script
     * @param directories where working directories are made
     * @param isolation of every JVM
     */
    public PreparedJava(
            String java,
            JavaPrograms programs,
            Map<String, String> environment,
            Path directories,
            Isolation isolation) {
        this.java = java;
        this.programs = programs;
        this.environment = Map.copyOf(environment);
        this.directories = directories;
        this.isolation = isolation;
    }

    private record Spare(Process process, Path directory) {}

    /** Starts the next JVM if none is ready. */
    public synchronized void prepare() throws IOException {
        if (spare != null && spare.process.isAlive()) {
            return;
        }
        Path directory = Files.createTempDirectory(Files.createDirectories(directories), "jvm");
        List<String> command = new ArrayList<>(List.of(java));
        command.addAll(FLAGS);
        if (isolation.memoryLimit() > 0) {
            // Its heap is sized by this, so that it ends with OutOfMemoryError and not for want of a few more pages.
            command.add("-XX:MaxRAM=" + isolation.memoryLimit());
        }
        command.addAll(List.of("-cp", programs.sdkClassPath(), MAIN));
        ProcessBuilder builder = new ProcessBuilder(SessionProcess.leading(isolation.limited(command)))
                .directory(directory.toFile())
                .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().putIfAbsent("OMP_NUM_THREADS", "1");
        spare = new Spare(builder.start(), directory);
    }

    @Override
    public RunningScript start(ScriptOrder order) {
        Spare taken;
        try {
            JavaProgram program = programs.of(order.directory(), order.entry());
            taken = take();
            link(order.directory(), taken.directory);
            RunningScript running = SessionProcess.follow(taken.process, order);
            JavaInstruction.write(taken.process.getOutputStream(), program, order);
            running.end().whenComplete((end, failure) -> forget(taken.directory));
            return running;
        } catch (FaultException e) {
            throw e;
        } catch (IOException e) {
            return SessionProcess.notStarted("The JVM for the script does not start: " + e.getMessage());
        }
    }

    private synchronized Spare take() throws IOException {
        prepare();
        Spare taken = spare;
        spare = null;
        prepare();
        return taken;
    }

    private static void link(Path from, Path to) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
            for (Path file : files) {
                Files.createSymbolicLink(to.resolve(file.getFileName()), file);
            }
        }
    }

    private static void forget(Path directory) {
        try {
            Directories.delete(directory);
        } catch (IOException e) {
            log.warn("Cannot delete {}: {}", directory, e.toString());
        }
    }

    @Override
    public synchronized void close() {
        if (spare != null) {
            spare.process.destroyForcibly();
            forget(spare.directory);
        }
    }
}
