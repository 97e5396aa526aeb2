package io.nsfl.sandbox;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;

/**
 * A program for the kernel's seccomp filter under which no socket towards another machine can be made: of the families of addresses only
 * those of this machine's processes and of its own kernel are left. Knows nothing but the JDK. The numbers are those of linux/filter.h,
 * linux/seccomp.h and linux/audit.h.
 */
final class SocketFilter {
    private static final Map<String, Machine> MACHINES = Map.of(
            "amd64", new Machine(0xC000_003E, 41),
            "aarch64", new Machine(0xC000_00B7, 198));

    private static final int LOAD = 0x20;
    private static final int IF_EQUAL = 0x15;
    private static final int IF_AT_LEAST = 0x35;
    private static final int RETURN = 0x06;

    private static final int AT_CALL = 0;
    private static final int AT_ARCHITECTURE = 4;
    private static final int AT_FIRST_ARGUMENT = 16;

    private static final int ALLOW = 0x7FFF_0000;
    private static final int DENY = 0x0005_0000 | 13;
    private static final int KILL = 0x8000_0000;

    /** Calls of the x32 interface, which would be counted otherwise. */
    private static final int X32 = 0x4000_0000;
    /** It makes sockets too. */
    private static final int IO_URING_SETUP = 425;

    private static final int AF_UNIX = 1;
    private static final int AF_NETLINK = 16;

    static final int INSTRUCTION_BYTES = 8;

    private SocketFilter() {}

    private record Machine(int architecture, int socketCall) {}

    /** The instructions of this machine's filter, 8 bytes each; empty = none is known for its kind of processor. */
    static Optional<byte[]> program() {
        return Optional.ofNullable(MACHINES.get(System.getProperty("os.arch"))).map(SocketFilter::program);
    }

    private static byte[] program(Machine machine) {
        int[][] instructions = {
            {LOAD, 0, 0, AT_ARCHITECTURE},
            {IF_EQUAL, 1, 0, machine.architecture},
            {RETURN, 0, 0, KILL},
            {LOAD, 0, 0, AT_CALL},
            {IF_AT_LEAST, 5, 0, X32},
            {IF_EQUAL, 4, 0, IO_URING_SETUP},
            {IF_EQUAL, 0, 4, machine.socketCall},
            {LOAD, 0, 0, AT_FIRST_ARGUMENT},
            {IF_EQUAL, 2, 0, AF_UNIX},
            {IF_EQUAL, 1, 0, AF_NETLINK},
            {RETURN, 0, 0, DENY},
            {RETURN, 0, 0, ALLOW},
        };
        ByteBuffer bytes =
                ByteBuffer.allocate(instructions.length * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
        for (int[] each : instructions) {
            bytes.putShort((short) each[0])
                    .put((byte) each[1])
                    .put((byte) each[2])
                    .putInt(each[3]);
        }
        return bytes.array();
    }
}
