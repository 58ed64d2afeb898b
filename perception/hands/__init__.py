"""The motion mouse: who raises the right hand for three seconds moves the cursor with both."""
