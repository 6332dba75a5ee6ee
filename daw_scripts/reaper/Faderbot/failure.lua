-- @noindex

-- What a request fails with: a kind that the bridge knows, and a line for people.

local failure = {}

-- "failed", "gone" (a track that is no longer in the project) or "version".
function failure.raise(kind, message, ...)
  error({kind = kind, message = message:format(...)}, 0)
end

-- Returns kind and message of whatever was raised, a mistake of ours too.
function failure.of(raised)
  if type(raised) == 'table' and raised.kind then return raised.kind, raised.message end
  return 'failed', (tostring(raised):gsub('[\r\n].*', ''))
end

return failure
