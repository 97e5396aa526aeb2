package io.nsfl.sandbox;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A program of its own: gives up rights for good by Landlock, an interface of the kernel that needs no privilege, and becomes another
 * command under the same process id. Arguments: {@code --writable DIRECTORY}, {@code --hidden DIRECTORY}, each any number of times,
 * {@code --offline}, {@code --} and the command. Knows nothing but the JDK. The numbers are those of linux/landlock.h.
 */
final class LandlockProgram {
    private static final int CREATE_RULESET = 444;
    private static final int ADD_RULE = 445;
    private static final int RESTRICT_SELF = 446;
    private static final int CLOSE_RANGE = 436;
    private static final int NO_NEW_PRIVILEGES = 38;
    private static final int PATH_ONLY = 0x200000;
    private static final int CLOSE_ON_EXEC = 4;

    private static final long EXECUTE = 1;
    private static final long WRITE_FILE = 1 << 1;
    private static final long READ_FILE = 1 << 2;
    private static final long READ_DIRECTORY = 1 << 3;
    private static final long REFER = 1 << 13;
    private static final long TRUNCATE = 1 << 14;
    private static final long FIRST_VERSION = (1 << 13) - 1;
    private static final long OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE;
    private static final long READING = EXECUTE | READ_FILE;
    /** To bind and to connect TCP. */
    private static final long TCP = 3;
    /** Abstract sockets and signals of processes outside. */
    private static final long OUTSIDE = 3;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SYSCALL = function(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle OPEN =
            function("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle PRCTL = function(
            "prctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle EXECVP = function("execvp", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));

    private final List<Path> hidden = new ArrayList<>();
    private final Arena arena = Arena.global();
    private long ruleset;
    private long handled;

    private LandlockProgram() {}

    /** The command that runs this program, to be followed by a command of one's own. */
    static List<String> command(List<Path> writable, List<Path> hidden, boolean network) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Small and soon up; -Xrs leaves signals as the command would find them.
                "-Xrs",
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                Path.of(URI.create(LandlockProgram.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toString()))
                        .toString(),
                LandlockProgram.class.getName()));
        writable.forEach(directory -> command.addAll(List.of("--writable", directory.toString())));
        hidden.forEach(directory -> command.addAll(List.of("--hidden", directory.toString())));
        if (!network) {
            command.add("--offline");
        }
        command.add("--");
        return command;
    }

    public static void main(String[] arguments) throws Throwable {
        new LandlockProgram().run(arguments);
    }

    private void run(String[] arguments) throws Throwable {
        List<Path> writable = new ArrayList<>();
        boolean offline = false;
        int at = 0;
        for (; !arguments[at].equals("--"); at++) {
            switch (arguments[at]) {
                case "--writable" -> writable.add(Path.of(arguments[++at]));
                case "--hidden" -> hide(Path.of(arguments[++at]));
                case "--offline" -> offline = true;
                default -> throw new IllegalArgumentException(arguments[at]);
            }
        }
        restrict(writable, offline);
        become(Arrays.copyOfRange(arguments, at + 1, arguments.length));
    }

    private void hide(Path directory) throws IOException {
        if (Files.exists(directory)) {
            hidden.add(directory.toRealPath());
        }
    }

    private void restrict(List<Path> writable, boolean offline) throws Throwable {
        long version = syscall(CREATE_RULESET, 0, 0, 1);
        if (version < 1) {
            fail("the kernel has no Landlock");
        }
        handled = FIRST_VERSION | (version >= 2 ? REFER : 0) | (version >= 3 ? TRUNCATE : 0);
        MemorySegment attributes = arena.allocate(24, 8);
        attributes.set(JAVA_LONG, 0, handled);
        attributes.set(JAVA_LONG, 8, offline && version >= 4 ? TCP : 0);
        attributes.set(JAVA_LONG, 16, version >= 6 ? OUTSIDE : 0);
        ruleset = syscall(CREATE_RULESET, attributes.address(), version >= 6 ? 24 : version >= 4 ? 16 : 8, 0);
        if (ruleset < 0) {
            fail("no ruleset can be made");
        }
        // Names may be listed everywhere: programs look around. What is in files is what is hidden.
        allow(Path.of("/"), READ_DIRECTORY);
        readable(Path.of("/"));
        allow(Path.of("/dev"), handled & ~EXECUTE);
        for (Path directory : writable) {
            allow(directory, handled);
        }
        if ((int) PRCTL.invokeExact(NO_NEW_PRIVILEGES, 1L, 0L, 0L, 0L) != 0
                || syscall(RESTRICT_SELF, ruleset, 0, 0) != 0) {
            fail("the ruleset cannot be enforced");
        }
    }

    /** Everything that is not hidden; what lies beside something hidden is allowed one by one, for a rule holds for all below. */
    private void readable(Path path) throws Throwable {
        if (hidden.stream().noneMatch(each -> each.startsWith(path))) {
            allow(path, READING);
        } else if (!hidden.contains(path)) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
                for (Path child : children) {
                    // Where a link leads to is allowed, or hidden, at its own place.
                    if (!Files.isSymbolicLink(child)) {
                        readable(child);
                    }
                }
            } catch (IOException notListed) {
                // Then nothing in it is allowed.
            }
        }
    }

    private void allow(Path path, long access) throws Throwable {
        int file = (int) OPEN.invokeExact(text(path.toString()), PATH_ONLY);
        if (file < 0) {
            return;
        }
        boolean directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        MemorySegment rule = arena.allocate(12, 8);
        rule.set(JAVA_LONG, 0, directory ? access : access & OF_FILES);
        rule.set(JAVA_INT, 8, file);
        syscall(ADD_RULE, ruleset, 1, rule.address());
    }

    private void become(String[] command) throws Throwable {
        MemorySegment list = arena.allocate(ADDRESS, command.length + 1L);
        for (int i = 0; i < command.length; i++) {
            list.setAtIndex(ADDRESS, i, text(command[i]));
        }
        list.setAtIndex(ADDRESS, command.length, MemorySegment.NULL);
        // What this JVM has open is not the command's.
        syscall(CLOSE_RANGE, 3, 0xffff_ffffL, CLOSE_ON_EXEC);
        int _ = (int) EXECVP.invokeExact(list.getAtIndex(ADDRESS, 0), list);
        fail(command[0] + " cannot be started");
    }

    private MemorySegment text(String text) {
        return arena.allocateFrom(text);
    }

    private static void fail(String what) {
        System.err.println("Landlock: " + what + ".");
        System.exit(127);
    }

    private static long syscall(long number, long first, long second, long third) throws Throwable {
        return (long) SYSCALL.invokeExact(number, first, second, third, 0L);
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, FunctionDescriptor type, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, options);
    }
}
