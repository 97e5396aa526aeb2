package io.nsfl.executor.script;

import io.nsfl.sandbox.SessionProcess;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native libraries that ND4J takes out of its jars at its first start, some hundred MB. JVMs in a sandbox cannot put them where all find
 * them: one that runs no script does it before, once for each set of jars.
 */
final class NativeLibraries {
    private static final Logger log = LoggerFactory.getLogger(NativeLibraries.class);
    private static final int LONGEST_MINUTES = 5;

    private final Path directory;

    NativeLibraries(Path directory) {
        this.directory = directory;
    }

    /** For the command line of every JVM that loads them. */
    String flag() {
        return "-Dorg.bytedeco.javacpp.cachedir=" + directory;
    }

    /**
     * Has them there, if they are not. Where that does not work JVMs do it for themselves, each time.
     *
     * @param command of a JVM that loads them, and ends when its standard input does
     */
    void lay(List<String> command, String classPath, Map<String, String> environment) throws IOException {
        Path done = directory.resolve(".complete-" + digest(classPath));
        if (Files.exists(done)) {
            return;
        }
        Files.createDirectories(directory);
        ProcessBuilder builder = new ProcessBuilder(SessionProcess.leading(command))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process jvm = builder.start();
        jvm.getOutputStream().close();
        try {
            if (jvm.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES) && jvm.exitValue() == 0) {
                Files.write(done, new byte[0]);
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        jvm.destroyForcibly();
        log.warn(
                "ND4J's native libraries could not be laid ready in {}: each script unpacks them for itself",
                directory);
    }

    /** Of the jars' names and sizes. */
    private static UUID digest(String classPath) {
        String jars = Arrays.stream(classPath.split(File.pathSeparator))
                .map(File::new)
                .map(jar -> jar.getName() + " " + jar.length())
                .collect(Collectors.joining("\n"));
        return UUID.nameUUIDFromBytes(jars.getBytes(StandardCharsets.UTF_8));
    }
}
