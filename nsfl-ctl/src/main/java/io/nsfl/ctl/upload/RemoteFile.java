package io.nsfl.ctl.upload;

/**
 * A file that lies with a server.
 *
 * @param name what it is called here
 * @param size bytes
 * @param tag its digest where it is one (MD5 or SHA-256 in hex), else anything that changes with it
 * @param reader gives its bytes
 */
public record RemoteFile(String name, long size, String tag, Reader reader) {
    /** Reads ranges; may be asked by many threads. */
    @FunctionalInterface
    public interface Reader {
        byte[] read(long offset, int length);
    }
}
