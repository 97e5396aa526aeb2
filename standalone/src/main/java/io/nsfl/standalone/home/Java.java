package io.nsfl.standalone.home;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of the platform's own programs. */
public final class Java {
    /** Small services start faster and smaller so; a coordinator, which computes, does without. */
    public static final List<String> SMALL =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx256m");

    private Java() {}

    /** This process's own {@code java}. */
    public static String executable() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /**
     * With the options that every JVM of the platform needs, and those that the module itself brings.
     *
     * @param module directory of the module below the sources
     * @param options more options of the JVM
     */
    public static List<String> command(
            NsflHome home, String module, List<String> options, String mainClass, String... arguments) {
        Path target = home.sources().resolve(module).resolve("target");
        List<String> command = new ArrayList<>();
        command.add(executable());
        command.add("@" + options(home, "service-kit").resolve("access.options"));
        Path own = options(home, module).resolve("java.options");
        if (Files.exists(own)) {
            command.add("@" + own);
        }
        command.addAll(options);
        command.add("-cp");
        command.add(target.resolve(module + ".jar") + ":" + target.resolve("app/lib") + "/*");
        command.add(mainClass);
        command.addAll(List.of(arguments));
        return command;
    }

    private static Path options(NsflHome home, String module) {
        return home.sources().resolve(module).resolve("src/main/launcher");
    }
}
