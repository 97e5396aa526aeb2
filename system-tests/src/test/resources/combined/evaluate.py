import neursafe_fl as nsfl

nsfl.commit_metrics({"sample_num": 1000, "loss": 0.5, "accuracy": 0.75})
