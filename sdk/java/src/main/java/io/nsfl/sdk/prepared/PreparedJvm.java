package io.nsfl.sdk.prepared;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;

/**
 * A JVM that starts before there is a task: loads ND4J, then waits for one {@link Instruction} on its standard input, becomes that
 * program and ends with it. The executor keeps one such JVM ready; it serves one task and is never used again.
 *
 * <p>The program sees the environment, class path and arguments of the instruction as if it had been started with them. Its standard
 * input is empty. When the executor goes away (end of the standard input) this JVM ends at once, whatever the program is doing.
 */
public final class PreparedJvm {
    /** As if killed by a signal from outside. */
    private static final int LEFT_ALONE = 137;

    private PreparedJvm() {}

    public static void main(String[] args) throws Throwable {
        InputStream executor = System.in;
        System.setIn(InputStream.nullInputStream());
        Warmup.run();
        Instruction instruction = Instruction.read(new DataInputStream(executor));
        if (instruction == null) {
            return;
        }
        Thread.ofPlatform().daemon().name("executor-watch").start(() -> endWith(executor));
        Variables.replace(instruction.environment());
        System.setProperty("java.class.path", String.join(java.io.File.pathSeparator, instruction.classPath()));
        ClassLoader program = loader(instruction.classPath());
        Thread.currentThread().setContextClassLoader(program);
        MainMethod.of(program.loadClass(instruction.mainClass()))
                .run(instruction.arguments().toArray(String[]::new));
    }

    private static ClassLoader loader(List<String> classPath) {
        URL[] urls = classPath.stream()
                .map(entry -> {
                    try {
                        return Path.of(entry).toUri().toURL();
                    } catch (MalformedURLException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .toArray(URL[]::new);
        return new URLClassLoader("script", urls, PreparedJvm.class.getClassLoader());
    }

    private static void endWith(InputStream executor) {
        try {
            while (executor.read() >= 0) {
                // Nothing more is ever sent; only the end counts.
            }
        } catch (IOException e) {
            // The pipe is gone: the same.
        }
        Runtime.getRuntime().halt(LEFT_ALONE);
    }
}
