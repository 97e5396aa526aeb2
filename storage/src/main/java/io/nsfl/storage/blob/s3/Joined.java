package io.nsfl.storage.blob.s3;

import io.minio.errors.MinioException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;

/** Pieces one after the other, each opened when it is its turn. */
final class Joined extends InputStream {
    private final Iterator<Pieces.Piece> rest;
    private final Bucketed objects;
    private InputStream current = InputStream.nullInputStream();

    Joined(Iterator<Pieces.Piece> pieces, Bucketed objects) {
        this.rest = pieces;
        this.objects = objects;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int count = current.read(buffer, offset, length);
        while (count < 0 && rest.hasNext()) {
            current.close();
            current = open(rest.next());
            count = current.read(buffer, offset, length);
        }
        return count;
    }

    private InputStream open(Pieces.Piece piece) throws IOException {
        try {
            return objects.open(piece.path());
        } catch (MinioException unreadable) {
            throw new IOException("the piece at byte " + piece.start() + " cannot be read", unreadable);
        }
    }

    @Override
    public void close() throws IOException {
        current.close();
    }
}
