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
 * Finds out once how scripts are kept apart here, and says so: bubblewrap, else Landlock, else the limits that always hold. In both they write
 * to workspaces, to temporary files, and where the client's owner lets them. Under Landlock each has its own workspace only, and does not
 * read those of other tasks.
 */
final class ScriptConfinement {
    private static final Logger log = LoggerFactory.getLogger(ScriptConfinement.class);

    private static final String REFUSAL =
            "this client's owner lets scripts run in a sandbox only (sandbox: required, or script_network: false), and neither"
                    + " bubblewrap nor Landlock works here; the log of its executor says why.";

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
        Files.createDirectories(natives(start));
        long memory = start.properties().memoryLimitMb() << 20;
        if (!start.properties().sandbox()) {
            return Isolation.limits(memory, 0);
        }
        List<String> bubblewrap = Sandbox.find("bwrap", rules(), scripts.base());
        return bubblewrap.isEmpty()
                ? new Isolation(List.of(), landlock().ifItWorks(scripts.base()), memory, 0)
                : new Isolation(bubblewrap, Optional.empty(), memory, 0);
    }

    /** The client's own directory beside the workspaces is read-only, but for what JVMs work in. */
    private Sandbox.Rules rules() {
        Path workspace = workspace();
        return new Sandbox.Rules(
                and(writable(), List.of(workspace)),
                List.of(workspace.resolve(".nsfl")),
                List.of(jvms(start)),
                hidden(),
                start.properties().network());
    }

    /** Of the workspaces each script gets its own. */
    private Landlock landlock() {
        ExecutorProperties properties = start.properties();
        return new Landlock(
                and(hidden(), List.of(workspace(), start.directory())),
                Stream.of(
                                Stream.of(compiled(start), natives(start)),
                                Stream.of(properties.sdkPython())
                                        .filter(sdk -> !sdk.isBlank())
                                        .map(Path::of),
                                properties.sdkJavaEntries().stream(),
                                properties.readable().stream().map(Path::of))
                        .flatMap(paths -> paths)
                        .toList(),
                writable(),
                properties.network());
    }

    private Path workspace() {
        return Path.of(start.properties().workspace()).toAbsolutePath();
    }

    private List<Path> hidden() {
        return and(start.properties().hidden().stream().map(Path::of).toList(), List.of(hiddenFromScripts(start)));
    }

    private List<Path> writable() {
        return and(
                List.of(Path.of(System.getProperty("java.io.tmpdir"))),
                start.properties().writable().stream().map(Path::of).toList());
    }

    private static List<Path> and(List<Path> some, List<Path> more) {
        List<Path> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    /** Where working directories of JVMs are made. */
    static Path jvms(ExecutorStart start) {
        return start.directory().resolve("jvms");
    }

    /** Where Java scripts are compiled to. */
    static Path compiled(ExecutorStart start) {
        return start.directory().resolve("classes");
    }

    /** Where ND4J's native libraries are: where it puts them by itself, for they are large and the same for all. */
    static Path natives(ExecutorStart start) {
        Path home = Path.of(System.getProperty("user.home"));
        return Files.isWritable(home)
                ? home.resolve(".javacpp/cache")
                : start.directory().resolve("javacpp");
    }

    /** What the executor keeps that no script may see. */
    static Path hiddenFromScripts(ExecutorStart start) {
        return start.directory().resolve("private");
    }
}
