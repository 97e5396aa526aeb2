package io.nsfl.ctl.upload;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Stands before a server and cuts connections in the middle of what they carry. */
final class CuttingProxy implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int target;
    private final AtomicInteger cuts = new AtomicInteger();
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicLong carried = new AtomicLong();
    private volatile int cutAfter;
    private volatile long most = Long.MAX_VALUE;

    CuttingProxy(int target) throws IOException {
        this.target = target;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** From now on so many connections are cut, each after so many bytes of one direction. */
    void cut(int connections, int bytes) {
        cutAfter = bytes;
        cuts.set(connections);
    }

    /** Once so many bytes went through, nothing does any more. */
    void endAfter(long bytes) {
        carried.set(0);
        most = bytes;
    }

    void heal() {
        most = Long.MAX_VALUE;
        cuts.set(0);
        carried.set(0);
    }

    /** Connections that were cut. */
    int made() {
        return made.get();
    }

    /** Bytes that went through, both ways, since the start or the last change. */
    long carried() {
        return carried.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                Thread.ofVirtual().start(() -> carry(client, server));
                Thread.ofVirtual().start(() -> carry(server, client));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void carry(Socket from, Socket to) {
        byte[] buffer = new byte[1 << 14];
        long here = 0;
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                here += count;
                boolean cut = here > cutAfter && cuts.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
                if (cut || carried.get() > most) {
                    made.incrementAndGet();
                    reset(from);
                    reset(to);
                    return;
                }
                out.write(buffer, 0, count);
                carried.addAndGet(count);
            }
        } catch (IOException e) {
            // One end is gone: so is the other.
        }
    }

    /** Without a word, as a broken line is. */
    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
