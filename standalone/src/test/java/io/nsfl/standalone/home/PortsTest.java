package io.nsfl.standalone.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PortsTest {
    private static final Ports ANYWHERE = new Ports(0, 0, 0, 0);

    @TempDir
    private Path directory;

    @Test
    void comesBackWhereItListenedLast() throws IOException {
        int port = freePort();
        new Ports(port, port, port, port).write(file());
        assertThat(ANYWHERE.orRemembered(file())).isEqualTo(new Ports(port, port, port, port));
    }

    @Test
    void listensWhereItIsToldInstead() throws IOException {
        int port = freePort();
        new Ports(port, port, port, port).write(file());
        assertThat(new Ports(1, 2, 3, 4).orRemembered(file())).isEqualTo(new Ports(1, 2, 3, 4));
    }

    @Test
    void goesElsewhereWhereSomebodyElseListensNow() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = other.getLocalPort();
            new Ports(port, port, port, port).write(file());
            assertThat(ANYWHERE.orRemembered(file())).isEqualTo(ANYWHERE);
        }
    }

    @Test
    void isWithoutMemoryWhereTheFileIsAbsentOrDamaged() throws IOException {
        assertThat(ANYWHERE.orRemembered(file())).isEqualTo(ANYWHERE);
        Files.writeString(file(), "{");
        assertThat(ANYWHERE.orRemembered(file())).isEqualTo(ANYWHERE);
    }

    private Path file() {
        return directory.resolve("ports.json");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
