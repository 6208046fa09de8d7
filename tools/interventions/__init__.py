"""What something did: finding when and to whom it happened, measuring, and the words of the answer."""
