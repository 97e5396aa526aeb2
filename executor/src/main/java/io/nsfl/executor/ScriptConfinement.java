package io.nsfl.executor;

import io.nsfl.executor.task.ScriptEnvironment;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.sandbox.Isolation;
import io.nsfl.sandbox.Landlock;
import io.nsfl.sandbox.Sandbox;
import io.nsfl.sandbox.ScriptStarter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out once how scripts are kept apart here, and says so: Landlock, else bubblewrap, else the limits that always hold. Under Landlock
 * each writes to its own workspace, where its temporary files are too, and does not read those of other tasks; in bubblewrap all write to all
 * workspaces and to the machine's temporary files. In both they write where the client's owner lets them.
 */
final class ScriptConfinement {
    private static final Logger log = LoggerFactory.getLogger(ScriptConfinement.class);

    private static final String REFUSAL =
            "this client's owner lets scripts run in a sandbox only (sandbox: required, or script_network: false), and neither"
                    + " Landlock nor bubblewrap works here; the log of its executor says why.";

    /** Of the machine; what is laid there is anybody's. */
    private static final Path TEMPORARY = Path.of("/tmp");

    private final ExecutorStart start;
    private final ScriptEnvironment scripts;

    private ScriptConfinement(ExecutorStart start, ScriptEnvironment scripts) {
        this.start = start;
        this.scripts = scripts;
    }

    static Isolation find(ExecutorStart start, ScriptEnvironment scripts) throws IOException {
        Isolation isolation = new ScriptConfinement(start, scripts).find();
        log.info("Scripts are kept apart by {}", isolation.describe());
        if (refuses(start.properties(), isolation)) {
            log.error("No script is run: {}", REFUSAL);
        }
        return isolation;
    }

    /** Whether the owner wants no script to run as they would run here. */
    static boolean refuses(ExecutorProperties properties, Isolation isolation) {
        return properties.sandboxRequired() && !isolation.confines();
    }

    /** In the place of all ways to start a script. */
    static ScriptStarter refusal() {
        return order -> {
            throw new FaultException(Fault.TASK_REFUSED, "No script is run here: " + REFUSAL);
        };
    }

    private Isolation find() throws IOException {
        Files.createDirectories(compiled(start));
        Files.createDirectories(jvms(start));
        Files.createDirectories(hiddenFromScripts(start));
        long memory = start.properties().memoryLimitMb() << 20;
        if (!start.properties().sandbox()) {
            return Isolation.limits(memory, 0);
        }
        Optional<Landlock> landlock = landlock().ifItWorks(scripts.base());
        return new Isolation(
                landlock.isPresent() ? List.of() : Sandbox.find("bwrap", rules(), scripts.base()), landlock, memory, 0);
    }

    /** The client's own directory beside the workspaces is read-only, but for what JVMs work in. */
    private Sandbox.Rules rules() {
        List<Path> writable = new ArrayList<>(writable(start.properties()));
        writable.add(TEMPORARY);
        writable.add(workspace());
        return new Sandbox.Rules(
                writable,
                List.of(own(start)),
                List.of(jvms(start)),
                // Here nothing within what is hidden could be shown.
                hidden().stream()
                        .filter(path -> readable(start.properties()).noneMatch(shown -> shown.startsWith(path)))
                        .toList(),
                start.properties().network());
    }

    /** Of the workspaces each script gets its own. */
    private Landlock landlock() {
        ExecutorProperties properties = start.properties();
        return new Landlock(
                Stream.concat(hidden().stream(), Stream.of(workspace(), start.directory()))
                        .toList(),
                Stream.of(
                                Stream.of(compiled(start), natives(start)),
                                Stream.of(properties.sdkPython())
                                        .filter(sdk -> !sdk.isBlank())
                                        .map(Path::of),
                                properties.sdkJavaEntries().stream(),
                                readable(properties))
                        .flatMap(paths -> paths)
                        .toList(),
                writable(properties),
                properties.network());
    }

    private Path workspace() {
        return workspace(start);
    }

    private static Path workspace(ExecutorStart start) {
        return Path.of(start.properties().workspace()).toAbsolutePath();
    }

    /** Where the client keeps what is its own. */
    private static Path own(ExecutorStart start) {
        return workspace(start).resolve(".nsfl");
    }

    private List<Path> hidden() {
        return Stream.concat(start.properties().hidden().stream().map(Path::of), Stream.of(hiddenFromScripts(start)))
                .toList();
    }

    private static Stream<Path> readable(ExecutorProperties properties) {
        return properties.readable().stream().map(Path::of);
    }

    private static List<Path> writable(ExecutorProperties properties) {
        return properties.writable().stream().map(Path::of).toList();
    }

    /** Where working directories of JVMs are made. */
    static Path jvms(ExecutorStart start) {
        return start.directory().resolve("jvms");
    }

    /** Where Java scripts are compiled to. */
    static Path compiled(ExecutorStart start) {
        return start.directory().resolve("classes");
    }

    /** Where ND4J's native libraries are: where it puts them by itself, unless a script could put others there. */
    static Path natives(ExecutorStart start) {
        Path home = Path.of(System.getProperty("user.home"));
        Path usual = home.resolve(".javacpp/cache");
        boolean writtenByScripts = Stream.concat(writable(start.properties()).stream(), Stream.of(TEMPORARY))
                .anyMatch(directory -> usual.startsWith(directory) || directory.startsWith(usual));
        return Files.isWritable(home) && !writtenByScripts ? usual : own(start).resolve("javacpp");
    }

    /** What the executor keeps that no script may see. */
    static Path hiddenFromScripts(ExecutorStart start) {
        return start.directory().resolve("private");
    }
}
