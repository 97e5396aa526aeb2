package io.nsfl.systemtests.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A service as whoever runs it sees it: a command that is started again, as often as its process has died. */
public final class Program {
    private final String name;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path directory;
    private Process process;

    /** @param directory its working directory; its log is written there */
    public Program(String name, List<String> command, Map<String, String> environment, Path directory) {
        this.name = name;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.directory = directory;
    }

    public String name() {
        return name;
    }

    public Path log() {
        return directory.resolve(name + ".log");
    }

    public void start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Files.createDirectories(directory).toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().putAll(environment);
        process = builder.start();
        process.getOutputStream().close();
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** As {@code kill -9}; returns when it is gone, or at once if it was never started. */
    public void kill() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }
}
