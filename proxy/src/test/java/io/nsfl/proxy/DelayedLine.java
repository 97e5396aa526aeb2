package io.nsfl.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A long way to a server: every byte arrives after a delay, in both directions; how much is under way is not limited. */
final class DelayedLine implements AutoCloseable {
    private static final int MOST = 256 << 10;

    private final ServerSocket listening = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    private final int port;
    private final long delayNanos;

    private record Parcel(byte[] bytes, long due) {}

    /** @param port of the server on this machine @param delayMillis one way */
    DelayedLine(int port, long delayMillis) throws IOException {
        this.port = port;
        this.delayNanos = TimeUnit.MILLISECONDS.toNanos(delayMillis);
        Thread.ofVirtual().start(this::accept);
    }

    String address() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket near = listening.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), port);
                near.setTcpNoDelay(true);
                far.setTcpNoDelay(true);
                connect(near, far);
                connect(far, near);
            }
        } catch (IOException closed) {
            // The end of the line.
        }
    }

    private void connect(Socket from, Socket to) {
        LinkedBlockingQueue<Parcel> way = new LinkedBlockingQueue<>();
        Thread.ofPlatform().daemon().start(() -> {
            try (InputStream in = from.getInputStream()) {
                byte[] buffer = new byte[MOST];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    way.add(new Parcel(Arrays.copyOf(buffer, read), System.nanoTime() + delayNanos));
                }
            } catch (IOException ended) {
                // The other direction ends as well.
            }
            way.add(new Parcel(new byte[0], System.nanoTime() + delayNanos));
        });
        Thread.ofPlatform().daemon().start(() -> {
            try (OutputStream out = to.getOutputStream()) {
                for (Parcel parcel = way.take(); parcel.bytes().length > 0; parcel = way.take()) {
                    TimeUnit.NANOSECONDS.sleep(parcel.due() - System.nanoTime());
                    out.write(parcel.bytes());
                    out.flush();
                }
            } catch (IOException | InterruptedException ended) {
                // The other direction ends as well.
            }
        });
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
