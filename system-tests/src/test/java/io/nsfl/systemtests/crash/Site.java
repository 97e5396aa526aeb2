package io.nsfl.systemtests.crash;

import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Runtime;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.standalone.client.LocalClient;
import io.nsfl.standalone.home.NsflHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** A server side and some clients, all of them real processes of this machine under one directory. */
final class Site implements AutoCloseable {
    /** Scripts get by without a framework; the client only has to find one. */
    private static final String PYTHON = """
            #!/bin/sh
            PYTHONPATH="%s${PYTHONPATH:+:$PYTHONPATH}" exec python3 "$@"
            """;

    private final NsflHome home;
    private final ServerSide server;
    private final List<Program> clients = new ArrayList<>();

    private Site(NsflHome home, ServerSide server) {
        this.home = home;
        this.server = server;
    }

    /** @param sources where the modules were built */
    static Site start(Path root, Path sources, int clients, Function<NsflHome, ServerSide> kind) throws Exception {
        NsflHome home = new NsflHome(root, sources);
        Site site = new Site(home, kind.apply(home));
        try {
            site.makePython();
            site.server.start();
            for (int index = 0; index < clients; index++) {
                site.addClient(index, clients);
            }
            return site;
        } catch (Exception | Error failed) {
            site.close();
            throw failed;
        }
    }

    private void makePython() throws IOException {
        Path stub = Files.createDirectories(home.root().resolve("python/stub/torch"));
        Files.writeString(stub.resolve("__init__.py"), "");
        Path python = home.python(Runtime.PYTORCH.canonicalName());
        Files.createDirectories(python.getParent());
        Files.writeString(python, PYTHON.formatted(stub.getParent()));
        Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void addClient(int index, int of) throws IOException {
        String name = "client-" + index;
        LocalClient client =
                new LocalClient(home, name, index, of, Set.of(Runtime.PYTORCH)).prepare(Map.of(), server.door());
        Program program = new Program(name, client.workload().command(), Map.of(), home.client(name));
        program.start();
        clients.add(program);
    }

    NsflHome home() {
        return home;
    }

    ServerSide server() {
        return server;
    }

    Program client(int index) {
        return clients.get(index);
    }

    int clients() {
        return clients.size();
    }

    /** The process of a job's coordinator. */
    Optional<ProcessHandle> coordinator(String job) {
        return processes("CoordinatorApplication", "/default-" + job + "/").findAny();
    }

    /** The process of a client's executor of a job. */
    Optional<ProcessHandle> executor(String job, int client) {
        return processes("ExecutorApplication", home.client("client-" + client).toString())
                .filter(process -> job.equals(jobOf(command(process).getLast())))
                .findAny();
    }

    private static String jobOf(String configuration) {
        try {
            return JobJson.object(Files.readAllBytes(Path.of(configuration)))
                    .path("job")
                    .asString("");
        } catch (IOException | FaultException gone) {
            // The process ends just now, and its file with it.
            return "";
        }
    }

    /** The script that works at a client: what the process forked that has the SDK loaded. */
    Optional<ProcessHandle> script(String job, int client) {
        return executor(job, client).stream()
                .flatMap(ProcessHandle::children)
                .flatMap(ProcessHandle::children)
                .findAny();
    }

    private Stream<ProcessHandle> processes(String main, String word) {
        return own().filter(process -> {
            List<String> command = command(process);
            return command.size() > 1
                    && command.getFirst().endsWith("java")
                    && command.stream().anyMatch(part -> part.endsWith(main))
                    && command.stream().anyMatch(part -> part.contains(word));
        });
    }

    /** Every process that names this site's directory. */
    private Stream<ProcessHandle> own() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(process -> command(process).stream().anyMatch(part -> part.contains(home.root() + "/")));
    }

    /** The words of its command line, all of them: the JDK's own list is cut. */
    private static List<String> command(ProcessHandle process) {
        try {
            return List.of(Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
                    .split("\0"));
        } catch (IOException gone) {
            return List.of();
        }
    }

    /** Kills everything; the last word of a test is no concern of the platform's. */
    @Override
    public void close() throws IOException {
        server.close();
        for (List<ProcessHandle> left = own().toList(); !left.isEmpty(); left = own().toList()) {
            left.forEach(process -> {
                process.destroyForcibly();
                process.onExit().join();
            });
        }
    }
}
