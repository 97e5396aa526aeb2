package io.nsfl.protocol.transfer;

import io.nsfl.protocol.v1.Receipt;
import java.nio.file.Files;
import java.nio.file.Path;

/** One end of a transfer in a JVM of its own, whose memory the test bounds: {@code serve}, {@code fetch} or {@code submit}. */
final class TransferProcess {
    private TransferProcess() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "serve" -> serve(Path.of(args[1]), Path.of(args[2]));
            case "fetch" -> fetch(Integer.parseInt(args[1]), Path.of(args[2]));
            case "submit" -> submit(Integer.parseInt(args[1]), Path.of(args[2]));
            default -> throw new IllegalArgumentException(args[0]);
        }
        System.exit(0);
    }

    /** Until standard input ends. */
    private static void serve(Path served, Path received) throws Exception {
        try (LoopbackService service = new LoopbackService(served, received)) {
            System.out.println(service.port());
            System.out.flush();
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
        }
    }

    private static void fetch(int port, Path target) throws Exception {
        try (LoopbackClient client = new LoopbackClient(port);
                FileSink sink =
                        client.fetch(target, 0).done().toCompletableFuture().get()) {
            System.out.println(sink.position());
        }
    }

    private static void submit(int port, Path file) throws Exception {
        try (LoopbackClient client = new LoopbackClient(port)) {
            Receipt receipt = client.submit(file, 0).get();
            System.out.println(receipt.getVerdict() == Receipt.Verdict.HELD ? Files.size(file) : -1);
        }
    }
}
