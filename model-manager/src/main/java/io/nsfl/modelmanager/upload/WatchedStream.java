package io.nsfl.modelmanager.upload;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Gives a sign of life for every so many bytes that pass. */
final class WatchedStream extends FilterInputStream {
    private static final int EVERY = 256 * 1024;

    private final Runnable sign;
    private long silent;

    WatchedStream(InputStream content, Runnable sign) {
        super(content);
        this.sign = sign;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        passed(value < 0 ? 0 : 1);
        return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = super.read(buffer, offset, length);
        passed(Math.max(0, count));
        return count;
    }

    private void passed(int count) {
        silent += count;
        if (silent >= EVERY) {
            silent = 0;
            sign.run();
        }
    }
}
