package io.nsfl.sandbox;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * Makes a program of a Java entry: a {@code .jar} as it is, a {@code .java} file compiled together with the files it uses. Compiled
 * classes are kept by the content of all sources in the directory, so that a job compiles once.
 */
public final class JavaPrograms {
    private static final Pattern PACKAGE = Pattern.compile("^\\s*package\\s+([\\w.]+)\\s*;", Pattern.MULTILINE);
    private static final int MOST_SOURCES = 1_000;

    private final Path cache;
    private final List<Path> sdk;

    /**
     * @param cache directory for compiled classes
     * @param sdk the SDK's jars, or directories of them
     */
    public JavaPrograms(Path cache, List<Path> sdk) {
        this.cache = cache;
        this.sdk = List.copyOf(sdk);
    }

    /** @throws FaultException SCRIPT_FAILED with the compiler's messages, TASK_CONFIG_INVALID for an entry that is no program */
    public synchronized JavaProgram of(Path directory, String entry) {
        Path file = directory.resolve(entry).normalize();
        // The compiler reads what its caller may, and says what it read.
        if (!file.startsWith(directory.normalize())
                || !Files.isRegularFile(file)
                || !entry.endsWith(".jar") && !entry.endsWith(".java")) {
            throw new FaultException(
                    Fault.TASK_CONFIG_INVALID,
                    "The task config's entry " + entry + " is not a .java or .jar file in " + directory + ".");
        }
        try {
            return entry.endsWith(".jar") ? jar(directory, file) : compiled(directory, file);
        } catch (IOException e) {
            throw new FaultException(
                    Fault.TASK_CONFIG_INVALID, "The entry " + entry + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The SDK's jars as one class path. */
    public String sdkClassPath() throws IOException {
        List<String> jars = new ArrayList<>();
        for (Path entry : sdk) {
            if (!Files.isDirectory(entry)) {
                jars.add(entry.toString());
                continue;
            }
            try (Stream<Path> files = Files.list(entry)) {
                files.map(Path::toString)
                        .filter(file -> file.endsWith(".jar"))
                        .sorted()
                        .forEach(jars::add);
            }
        }
        return String.join(java.io.File.pathSeparator, jars);
    }

    private static JavaProgram jar(Path directory, Path file) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            Manifest manifest = jar.getManifest();
            String mainClass =
                    manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.MAIN_CLASS);
            if (mainClass == null) {
                throw new FaultException(
                        Fault.TASK_CONFIG_INVALID,
                        "The jar " + file.getFileName() + " names no Main-Class in its manifest.");
            }
            return new JavaProgram(List.of(file, directory), mainClass);
        }
    }

    private JavaProgram compiled(Path directory, Path file) throws IOException {
        String mainClass = mainClass(directory, file);
        Path classes = cache.resolve(digest(directory, file));
        if (!Files.isDirectory(classes)) {
            Path fresh = Files.createTempDirectory(Files.createDirectories(cache), "compiling");
            compile(directory, file, fresh);
            Files.move(fresh, classes);
        }
        return new JavaProgram(List.of(classes, directory), mainClass);
    }

    private static String mainClass(Path directory, Path file) throws IOException {
        String name = file.getFileName().toString().replaceFirst("\\.java$", "");
        Matcher declared = PACKAGE.matcher(Files.readString(file));
        return declared.find() ? declared.group(1) + "." + name : name;
    }

    private void compile(Path directory, Path file, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new FaultException(
                    Fault.TASK_CONFIG_INVALID,
                    "The Java here has no compiler: give the entry as a .jar, or start this service with a JDK.");
        }
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            // Without one the compiler takes its plugins from the class path, and runs those of the script in this
            // process.
            files.setLocation(StandardLocation.ANNOTATION_PROCESSOR_PATH, List.of());
            boolean done = compiler.getTask(
                            messages,
                            files,
                            null,
                            List.of(
                                    "-proc:none",
                                    "-implicit:class",
                                    "-nowarn",
                                    "-encoding",
                                    "UTF-8",
                                    "-parameters",
                                    "-d",
                                    classes.toString(),
                                    "-sourcepath",
                                    directory.toString(),
                                    "-cp",
                                    sdkClassPath() + java.io.File.pathSeparator + directory),
                            null,
                            files.getJavaFileObjects(file))
                    .call();
            if (!done) {
                throw new FaultException(
                        Fault.SCRIPT_FAILED, "The script " + file.getFileName() + " does not compile:\n" + messages);
            }
        }
    }

    private static String digest(Path directory, Path file) throws IOException {
        try (Stream<Path> sources = Files.walk(directory, 16)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            List<Path> all = sources.filter(source -> source.toString().endsWith(".java"))
                    .limit(MOST_SOURCES)
                    .sorted()
                    .toList();
            digest.update(directory.relativize(file).toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            for (Path source : all) {
                digest.update((byte) 0);
                digest.update(
                        directory.relativize(source).toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
                digest.update((byte) 0);
                digest.update(Files.readAllBytes(source));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
