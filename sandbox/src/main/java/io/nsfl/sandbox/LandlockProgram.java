package io.nsfl.sandbox;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A program of its own: gives up rights for good by Landlock, an interface of the kernel that needs no privilege, and becomes another
 * command under the same process id. Arguments: {@code --hidden PATH}, {@code --readable PATH}, {@code --writable DIRECTORY}, each any number of
 * times, {@code --offline}, {@code --tell} to write the byte {@link #IN} when all that is given up, {@code --} and the command. Knows nothing but
 * the JDK. The numbers are those of linux/landlock.h.
 */
final class LandlockProgram {
    /** No text has it. */
    static final int IN = 6;

    private static final int CREATE_RULESET = 444;
    private static final int ADD_RULE = 445;
    private static final int RESTRICT_SELF = 446;
    private static final int CLOSE_RANGE = 436;
    private static final int SECCOMP = 22;
    private static final int SECCOMP_FILTER = 2;
    private static final int NO_NEW_PRIVILEGES = 38;
    private static final int PATH_ONLY = 0x200000;
    private static final int CLOSE_ON_EXEC = 4;

    /** Signals to processes outside. Workers of a task meet at sockets. */
    private static final long OUTSIDE = 2;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SYSCALL = function(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle OPEN =
            function("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle PRCTL = function(
            "prctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle EXECVP = function("execvp", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));

    private final Arena arena = Arena.global();
    private long ruleset;
    private long handled;

    private LandlockProgram() {}

    /** The command that runs this program, to be followed by a command of one's own. */
    static List<String> command(List<Path> hidden, List<Path> readable, List<Path> writable, boolean network) {
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
        hidden.forEach(path -> command.addAll(List.of("--hidden", path.toString())));
        readable.forEach(path -> command.addAll(List.of("--readable", path.toString())));
        writable.forEach(path -> command.addAll(List.of("--writable", path.toString())));
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
        List<Path> hidden = new ArrayList<>();
        List<Path> readable = new ArrayList<>();
        List<Path> writable = new ArrayList<>();
        boolean offline = false;
        boolean tell = false;
        int at = 0;
        for (; !arguments[at].equals("--"); at++) {
            switch (arguments[at]) {
                case "--hidden" -> hidden.add(Path.of(arguments[++at]));
                case "--readable" -> readable.add(Path.of(arguments[++at]));
                case "--writable" -> writable.add(Path.of(arguments[++at]));
                case "--offline" -> offline = true;
                case "--tell" -> tell = true;
                default -> throw new IllegalArgumentException(arguments[at]);
            }
        }
        restrict(Grants.of(hidden, readable, writable));
        if (offline) {
            cutOff();
        }
        if (tell) {
            System.out.write(IN);
            System.out.flush();
        }
        become(Arrays.copyOfRange(arguments, at + 1, arguments.length));
    }

    private void restrict(List<Grant> grants) throws Throwable {
        long version = syscall(CREATE_RULESET, 0, 0, 1);
        if (version < 1) {
            fail("the kernel has no Landlock");
        }
        handled = Grants.FIRST_VERSION | (version >= 2 ? Grants.REFER : 0) | (version >= 3 ? Grants.TRUNCATE : 0);
        MemorySegment attributes = arena.allocate(24, 8);
        attributes.set(JAVA_LONG, 0, handled);
        attributes.set(JAVA_LONG, 16, version >= 6 ? OUTSIDE : 0);
        ruleset = syscall(CREATE_RULESET, attributes.address(), version >= 6 ? 24 : 8, 0);
        if (ruleset < 0) {
            fail("no ruleset can be made");
        }
        for (Grant grant : grants) {
            allow(grant);
        }
        if (prctl(NO_NEW_PRIVILEGES, 1, 0) != 0 || syscall(RESTRICT_SELF, ruleset, 0, 0) != 0) {
            fail("the ruleset cannot be enforced");
        }
    }

    private void allow(Grant grant) throws Throwable {
        int file = (int) OPEN.invokeExact(text(grant.path().toString()), PATH_ONLY);
        if (file < 0) {
            return;
        }
        MemorySegment rule = arena.allocate(12, 8);
        rule.set(JAVA_LONG, 0, grant.rights() & handled);
        rule.set(JAVA_INT, 8, file);
        syscall(ADD_RULE, ruleset, 1, rule.address());
        int _ = (int) CLOSE.invokeExact(file);
    }

    private void cutOff() throws Throwable {
        byte[] instructions = SocketFilter.program().orElse(new byte[0]);
        MemorySegment filter = arena.allocateFrom(JAVA_BYTE, instructions);
        MemorySegment program = arena.allocate(16, 8);
        program.set(JAVA_SHORT, 0, (short) (instructions.length / SocketFilter.INSTRUCTION_BYTES));
        program.set(ADDRESS, 8, filter);
        if (instructions.length == 0 || prctl(SECCOMP, SECCOMP_FILTER, program.address()) != 0) {
            fail("the network cannot be cut off");
        }
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

    private static int prctl(int what, long first, long second) throws Throwable {
        return (int) PRCTL.invokeExact(what, first, second, 0L, 0L);
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, FunctionDescriptor type, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, options);
    }
}
