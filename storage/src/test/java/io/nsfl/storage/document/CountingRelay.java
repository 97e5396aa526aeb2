package io.nsfl.storage.document;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Stands before a server on this machine and counts the bytes of its answers. */
final class CountingRelay implements AutoCloseable {
    private final ServerSocket door;
    private final int server;
    private final AtomicLong answered = new AtomicLong();
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();

    CountingRelay(int server) throws IOException {
        this.server = server;
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    long answered() {
        return answered.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket caller = door.accept();
                Socket called = new Socket(InetAddress.getLoopbackAddress(), server);
                open.add(caller);
                open.add(called);
                Thread.startVirtualThread(() -> pass(caller, called, new AtomicLong()));
                Thread.startVirtualThread(() -> pass(called, caller, answered));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private static void pass(Socket from, Socket to, AtomicLong counted) {
        byte[] buffer = new byte[8192];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                counted.addAndGet(count);
                out.write(buffer, 0, count);
            }
        } catch (IOException closed) {
            // One side is gone, and with it the other.
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket each : open) {
            each.close();
        }
    }
}
