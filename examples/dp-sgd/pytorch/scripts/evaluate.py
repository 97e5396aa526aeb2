import neursafe_fl as nsfl
import torch

import network


def main():
    torch.set_num_threads(1)
    x, y = network.images("test")
    model = network.model()
    nsfl.load_weights(model)
    model.eval()
    with torch.no_grad():
        scores = model(x)
        loss = torch.nn.functional.cross_entropy(scores, y).item()
        accuracy = (scores.argmax(1) == y).float().mean().item()
    nsfl.commit_metrics({"sample_num": len(y), "loss": loss, "accuracy": accuracy})


if __name__ == "__main__":
    main()
