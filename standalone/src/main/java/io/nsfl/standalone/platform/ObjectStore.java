package io.nsfl.standalone.platform;

import java.net.URI;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** An S3 endpoint over the storage's root: a bucket is a first-level directory, an object a file in it. */
final class ObjectStore implements AutoCloseable {
    private static final long LARGEST_PLAIN_REQUEST = 64L << 20;

    private final S3Proxy proxy;

    private ObjectStore(S3Proxy proxy) {
        this.proxy = proxy;
    }

    static ObjectStore start(Path root, int port, String user, String password) throws Exception {
        S3Proxy proxy = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(root.toString()))
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, user, password)
                .v4MaxNonChunkedRequestSize(LARGEST_PLAIN_REQUEST)
                .build();
        proxy.start();
        return new ObjectStore(proxy);
    }

    String address() {
        return "127.0.0.1:" + port();
    }

    int port() {
        return proxy.getPort();
    }

    @Override
    public void close() {
        try {
            proxy.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException("The object store did not stop in order", e);
        }
    }
}
