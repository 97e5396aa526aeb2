package io.nsfl.coordinator.extender;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.sandbox.JavaProgram;
import io.nsfl.sandbox.JavaPrograms;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How an extender is run.
 *
 * @param command program
 * @param first its first argument; the directory of the call follows
 * @param entry what the runner has to load: a Python file, or the name of a Java class
 */
record ExtenderProgram(String command, String first, String entry) {
    private static final String HOST = "io/nsfl/coordinator/extender/host/";
    private static final List<String> HOST_CLASSES = List.of("ExtenderHost", "HostJson", "HostTensors", "HostProblem");

    /**
     * Finds the program of an entry; compiles a Java source.
     *
     * @param directory the extender's
     * @param home where the runner's files are put
     * @throws FaultException CONFIGURATION_INVALID the entry is none, or does not compile
     */
    static ExtenderProgram of(Path directory, String entry, Path home, ExtenderSettings settings) {
        try {
            Path root = directory.toRealPath();
            Path file = root.resolve(entry).normalize();
            if (!file.startsWith(root) || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw invalid("The extender's entry " + entry + " is not a file in its script_path " + directory + ".");
            }
            Files.createDirectories(home);
            return entry.endsWith(".java") || entry.endsWith(".jar")
                    ? java(root, entry, home, settings)
                    : python(file, entry, home, settings);
        } catch (IOException failed) {
            throw invalid("The extender in " + directory + " cannot be read: " + failed.getMessage() + ".");
        }
    }

    private static ExtenderProgram python(Path file, String entry, Path home, ExtenderSettings settings)
            throws IOException {
        if (!entry.endsWith(".py")) {
            throw invalid("The extender's entry " + entry + " must end in .py, .java or .jar.");
        }
        Path runner = home.resolve("run_extender.py");
        copy("run_extender.py", runner);
        return new ExtenderProgram(settings.python(), runner.toString(), file.toString());
    }

    private static ExtenderProgram java(Path root, String entry, Path home, ExtenderSettings settings)
            throws IOException {
        JavaProgram program;
        try {
            program = new JavaPrograms(home.resolve("classes"), List.of()).of(root, entry);
        } catch (FaultException refused) {
            throw invalid(refused.getMessage().replace("task config", "extender"));
        }
        Path host = home.resolve("host");
        for (String type : HOST_CLASSES) {
            Path target = host.resolve(HOST + type + ".class");
            Files.createDirectories(target.getParent());
            copy("host/" + type + ".class", target);
        }
        String classPath = Stream.concat(Stream.of(host), program.classPath().stream())
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        Path arguments = home.resolve("java.options");
        Files.writeString(
                arguments,
                "-XX:+UseSerialGC\n-XX:MaxRAM=" + settings.memoryMb() + "m\n-cp \"" + classPath.replace("\\", "\\\\")
                        + "\"\n" + HOST.replace('/', '.') + "ExtenderHost\n");
        return new ExtenderProgram(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + arguments,
                program.mainClass());
    }

    private static void copy(String resource, Path target) throws IOException {
        try (InputStream in = ExtenderProgram.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("Cannot find " + resource + " in this program");
            }
            Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static FaultException invalid(String message) {
        return new FaultException(Fault.CONFIGURATION_INVALID, message);
    }
}
