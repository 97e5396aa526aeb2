package io.nsfl.standalone.home;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of the platform's own programs. */
public final class Java {
    /** What LMDB, mapped tensors and ND4J need. */
    private static final List<String> ACCESS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");

    /** Small services start faster and smaller so; a coordinator, which computes, does without. */
    public static final List<String> SMALL =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx256m");

    private Java() {}

    /** This process's own {@code java}. */
    public static String executable() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /**
     * @param module directory of the module below the sources
     * @param options more options of the JVM
     */
    public static List<String> command(
            NsflHome home, String module, List<String> options, String mainClass, String... arguments) {
        Path target = home.sources().resolve(module).resolve("target");
        List<String> command = new ArrayList<>();
        command.add(executable());
        command.addAll(ACCESS);
        command.addAll(options);
        command.add("-cp");
        command.add(target.resolve(module + ".jar") + ":" + target.resolve("app/lib") + "/*");
        command.add(mainClass);
        command.addAll(List.of(arguments));
        return command;
    }
}
